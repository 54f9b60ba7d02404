//! The `tandem` binary as people use it: started as a process, on its own folder and free ports, and
//! judged by what it prints, answers and leaves behind.

mod banner;
mod canary;
mod chat;
mod config;
mod crash;
mod faults;
mod grpc;
mod grpcurl;
mod models;
mod one_message;
mod output;
mod run;
mod stop;
mod system;
mod token;
