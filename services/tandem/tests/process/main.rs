//! The `tandem` binary as a process, on its own folder and free ports: its output, its responses and the
//! data that it leaves.

mod banner;
mod canary;
mod chat;
mod config;
mod crash;
mod faults;
mod grpc;
mod grpcurl;
mod key_files;
mod models;
mod one_message;
mod run;
mod stop;
mod system;
mod token;
