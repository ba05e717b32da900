//! Files for the Support Packet.

use super::*;
use crate::model::FileData;

#[derive(Decode)]
struct Returns {
    a: Vec<FileData>,
}

#[derive(Default, Encode)]
struct Args {
    a: SentContext,
}

struct Helpful;

impl Plugin for Helpful {
    async fn activate(_: Api) -> Result<Self, HookError> {
        Ok(Self)
    }

    async fn support_data(&self) -> Result<Vec<FileData>, HookError> {
        let file = |filename: &str, body: &[u8]| FileData {
            filename: filename.into(),
            body: body.into(),
        };
        Ok(vec![file("a.json", b"{}"), file("b.bin", &[0, 255, 10])])
    }
}

#[tokio::test]
async fn files_of_the_support_packet_arrive_under_their_names() {
    let setting = Setting::<Helpful>::start().await;
    let hook = "Plugin.GenerateSupportData";
    let args = Args::default();
    let early = setting.hooks.call::<_, Returns>(hook, &args).await;
    assert!(early.is_err(), "before the activation");
    let activation = setting.activation();
    setting
        .service
        .activate(activation)
        .await
        .expect("it begins");
    let returns: Returns = setting.hooks.call(hook, &args).await.expect("an answer");
    let files: Vec<_> = returns
        .a
        .into_iter()
        .map(|f| (f.filename, f.body))
        .collect();
    let expected = [("a.json", &b"{}"[..]), ("b.bin", &[0, 255, 10])];
    let expected = expected.map(|(name, body)| (name.to_owned(), body.to_vec()));
    assert_eq!(files, expected);
}
