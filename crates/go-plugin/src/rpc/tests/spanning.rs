//! Values that span several messages, as Go's gob makes them.

use super::*;

/// Two responses as Go's net/rpc encodes them, numbers 1 and 2, with `Returns{A: "x", B: error}`.
/// The first defines the error's type in the middle of its value, and so breaks it in two messages.
const GO_RESPONSES: [&str; 6] = [
    "397f03010108526573706f6e736501ff80000103010d536572766963654d6574686f64010c00010353657101",
    "060001054572726f72010c00000005ff8002010021ff810301010752657475726e7301ff8200010201014101",
    "0c00010142011000000044ff8201017801132a706c7567696e2e4572726f72537472696e67ff830301010b45",
    "72726f72537472696e6701ff840001020104436f64650104000103457272010c00000009ff840502026e6f00",
    "0005ff8002020026ff8201017801132a706c7567696e2e4572726f72537472696e67ff84080205616761696e",
    "0000",
];

/// Two requests of `T.Error` with such an argument.
const GO_REQUESTS: [&str; 6] = [
    "2fff85030101075265717565737401ff86000102010d536572766963654d6574686f64010c00010353657101",
    "060000000eff860107542e4572726f7201010021ff810301010752657475726e7301ff82000102010141010c",
    "00010142011000000044ff8201017801132a706c7567696e2e4572726f72537472696e67ff830301010b4572",
    "726f72537472696e6701ff840001020104436f64650104000103457272010c00000009ff840502026e6f0000",
    "0eff860107542e4572726f7201020026ff8201017801132a706c7567696e2e4572726f72537472696e67ff84",
    "080205616761696e0000",
];

fn unhex(lines: &[&str]) -> Vec<u8> {
    let digits: Vec<u32> = lines
        .concat()
        .chars()
        .map(|c| c.to_digit(16).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect()
}

/// Found against Go: what was taken for the end of an answer was its first message's.
#[tokio::test]
async fn an_answer_may_span_messages() {
    let setting = setting();
    let (id, server) = (setting.server.next_id(), setting.server.clone());
    let peer = tokio::spawn(async move {
        let mut stream = server.accept(id).await.unwrap();
        stream.read_u8().await.unwrap();
        for byte in unhex(&GO_RESPONSES) {
            stream.sender().send(&[byte]).unwrap();
            tokio::task::yield_now().await;
        }
        stream
    });
    let client = Client::new(setting.client.dial(id, &[]).await.unwrap());
    let (first, second) = tokio::join!(
        client.call::<_, Returns>("T.Any", &()),
        client.call::<_, Returns>("T.Any", &()),
    );
    for (returns, words) in [(first, "no"), (second, "again")] {
        let returns = returns.unwrap();
        assert_eq!((&*returns.a, &*returns.b.unwrap().value.err), ("x", words));
    }
    drop(peer.await.unwrap());
}

#[tokio::test]
async fn an_argument_may_span_messages() {
    let service = Arc::new(Testing::default());
    let setting = setting();
    let (id, _server) = setting.serve(&service);
    let mut stream = setting.client.dial(id, &[]).await.unwrap();
    for byte in unhex(&GO_REQUESTS) {
        stream.sender().send(&[byte]).unwrap();
        tokio::task::yield_now().await;
    }
    stream.sender().finish();
    let (mut arrived, mut decoder) = (Vec::new(), gob::Decoder::new());
    limited(stream.read_to_end(&mut arrived)).await.unwrap();
    let mut input = &arrived[..];
    for (seq, words) in [(1, "no"), (2, "again")] {
        let header: crate::rpc::ResponseHeader<'_> = decoder.decode(&mut input).unwrap().unwrap();
        assert_eq!((header.seq, &*header.words()), (seq, ""));
        assert_eq!(
            decoder.decode::<String>(&mut input).unwrap().unwrap(),
            words
        );
    }
}
