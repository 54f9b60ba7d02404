//! The key files in the data folder.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tandem_test_support::process::program;

use crate::run::{run, tandem};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[tokio::test]
async fn keys_are_private_whatever_the_umask() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let line = format!("umask 0; exec {} token", env!("CARGO_BIN_EXE_tandem"));
    let mut shell = program("sh");
    run(shell.args(["-c", &line]).env("TANDEM_DATA_DIR", &data)).await.succeeded();
    assert_eq!([mode(&data), mode(&data.join("keys"))], [0o700; 2]);
    for name in ["users.pem", "users.public.pem", "chat.pem", "chat.public.pem"] {
        assert_eq!(mode(&data.join("keys").join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn open_key_folder_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    fs::create_dir(&keys).expect("a folder");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o777)).expect("a mode");
    run(&mut tandem(folder.path(), &["token"])).await.succeeded();
    assert_eq!(mode(&keys), 0o700);
}

#[tokio::test]
async fn vanished_private_key_is_reported() {
    let data = tempfile::tempdir().expect("a folder");
    let first = run(&mut tandem(data.path(), &["token"])).await.succeeded();
    assert_eq!(first.err, "");
    fs::remove_file(data.path().join("keys/users.pem")).expect("a private key");
    let second = run(&mut tandem(data.path(), &["token"])).await.succeeded();
    assert!(second.err.contains("users.pem is missing"), "{second:?}");
}
