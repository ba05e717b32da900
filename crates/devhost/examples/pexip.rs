//! The stand-in for a Pexip node alone, until Ctrl-C: for work on the webapp's panel.

use devhost::pexip::{Options, PIN, Pexip};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let node = Pexip::start(Options {
        host_pin: Some(PIN.to_owned()),
        ..Options::default()
    })
    .await?;
    println!("{} (the hosts' PIN is {PIN})", node.url());
    tokio::signal::ctrl_c().await
}
