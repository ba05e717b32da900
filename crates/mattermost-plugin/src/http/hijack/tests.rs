//! A connection that was taken over, against a host that answers when and how the test says.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    task::{Wake, Waker},
};

use go_plugin::{
    broker::Broker,
    rpc::{Call, Caller, Reply, ServeError, Service, serve},
    yamux::{Mode, Session},
};
use http::HeaderValue;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Semaphore,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, error::TryRecvError, unbounded_channel},
    task::JoinHandle,
    time::{Instant, timeout},
};

use super::*;

mod closing;

/// Nothing here takes long; what hangs must fail instead.
async fn limited<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(20), future)
        .await
        .expect("it hangs")
}

/// Lets everybody do what can be done now.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// What the host was asked, without its `Plugin.`.
struct Asked {
    method: String,
    data: Vec<u8>,
    reply: Reply,
}

struct Host(UnboundedSender<Asked>);

impl Service for Host {
    fn call(&self, call: Call<'_, '_>) {
        let method = call.method().replace("Plugin.", "");
        let argument = match &*method {
            "HjConnWrite" | "HjConnRWRead" => call.argument(),
            "HjConnRead" => {
                let size = call.argument::<i64>();
                size.map(|(size, reply)| (vec![0; size as usize], reply))
            }
            _ => call.argument().map(|((), reply)| (Vec::new(), reply)),
        };
        // Not all of it is there.
        let Some((data, reply)) = argument else {
            return;
        };
        // A test that has ended asks no more.
        let _ = self.0.send(Asked {
            method,
            data,
            reply,
        });
    }
}

/// The plugin's end of a connection to a host.
struct Setting {
    plugin: Broker,
    host: Broker,
    connections: Arc<Connections>,
}

/// What one connection's host is asked.
struct Calls {
    asked: UnboundedReceiver<Asked>,
    served: JoinHandle<Result<(), ServeError>>,
}

impl Setting {
    fn start() -> Self {
        let (ours, theirs) = tokio::io::duplex(256 * 1024);
        let broker = |io, mode| {
            let (session, driver) = Session::new(io, mode);
            tokio::spawn(driver);
            let broker = Broker::new(session);
            tokio::spawn(broker.clone().run());
            broker
        };
        Self {
            plugin: broker(ours, Mode::Server),
            host: broker(theirs, Mode::Client),
            connections: Arc::default(),
        }
    }

    fn request(&self) -> (Hijack, Calls) {
        let (id, (sender, asked)) = (self.host.next_id(), unbounded_channel());
        let host = self.host.clone();
        let served = tokio::spawn(async move {
            let stream = host.accept(id).await.unwrap();
            serve(stream, Arc::new(Host(sender))).await
        });
        let caller = Caller::new(self.plugin.clone(), id);
        let writer = Arc::new(tokio::sync::Mutex::new(Some(caller)));
        let closings = self.connections.closings();
        let hijack = Hijack::new(writer, Arc::clone(&self.connections), closings);
        (hijack, Calls { asked, served })
    }

    async fn hijacked(&self) -> (Hijacked, Calls) {
        let (hijack, mut calls) = self.request();
        let (connection, ()) = limited(async {
            tokio::join!(hijack.hijack(), async {
                calls.next("HijackResponse").await.reply.ok(&());
            })
        })
        .await;
        (connection.unwrap(), calls)
    }
}

impl Calls {
    async fn next(&mut self, method: &str) -> Asked {
        let asked = limited(self.asked.recv()).await.expect("a call");
        assert_eq!(asked.method, method);
        asked
    }

    /// Answers a write, and says what was written.
    async fn written(&mut self) -> Vec<u8> {
        let Asked { data, reply, .. } = self.next("HjConnWrite").await;
        reply.ok(&(data.len() as i64));
        data
    }

    async fn none(&mut self) {
        settle().await;
        assert!(matches!(self.asked.try_recv(), Err(TryRecvError::Empty)));
    }

    /// The stream ended, and nothing was asked before.
    async fn ended(&mut self) {
        assert!(limited(self.asked.recv()).await.is_none());
    }
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn flag() -> (Arc<Flag>, Waker) {
    let flag = Arc::new(Flag::default());
    (Arc::clone(&flag), Waker::from(flag))
}

/// Bytes of memory that a connection holds for data.
fn held(connection: &Hijacked) -> usize {
    connection.arrived.capacity() + connection.outgoing.gathered.capacity()
}

#[tokio::test]
async fn what_is_read_comes_through_the_hosts_buffer_first() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    let mut bytes = [0; 5];
    for method in ["HjConnRWRead", "HjConnRead", "HjConnRead"] {
        let host = async {
            let Asked { data, reply, .. } = calls.next(method).await;
            assert_eq!(data.len(), READ_SIZE);
            reply.ok(&b"twice 5 b."[..]);
        };
        let read = async {
            for half in [b"twice", b" 5 b."] {
                connection.read_exact(&mut bytes).await.unwrap();
                assert_eq!(&bytes, half);
            }
        };
        limited(async { tokio::join!(host, read) }).await;
        assert_eq!(held(&connection), 0);
    }
    // The client's end is the host's error `EOF`, and stays.
    let host = async { calls.next("HjConnRead").await.reply.error("EOF") };
    let read = async { connection.read(&mut bytes).await.unwrap() };
    let ((), n) = limited(async { tokio::join!(host, read) }).await;
    assert_eq!(n, 0);
    assert_eq!(limited(connection.read(&mut bytes)).await.unwrap(), 0);
    calls.none().await;
}

#[tokio::test]
async fn errors_of_the_hosts_socket_have_their_kinds() {
    let setting = Setting::start();
    for (words, kind) in [
        ("read tcp: i/o timeout", io::ErrorKind::TimedOut),
        (
            "read tcp: connection reset by peer",
            io::ErrorKind::ConnectionReset,
        ),
    ] {
        let (mut connection, mut calls) = setting.hijacked().await;
        let mut bytes = [0; 5];
        let host = async { calls.next("HjConnRWRead").await.reply.error(words) };
        let ((), outcome) =
            limited(async { tokio::join!(host, connection.read(&mut bytes)) }).await;
        assert_eq!(outcome.unwrap_err().kind(), kind);
        connection.write_all(b"frame").await.unwrap();
        let host = async { calls.next("HjConnWrite").await.reply.error(words) };
        let ((), outcome) = limited(async { tokio::join!(host, connection.flush()) }).await;
        assert_eq!(outcome.unwrap_err().kind(), kind);
    }
    // The host is gone: neither comes back.
    let (mut connection, calls) = setting.hijacked().await;
    calls.served.abort();
    let read = limited(connection.read(&mut [0; 5])).await.unwrap_err();
    assert_eq!(read.kind(), io::ErrorKind::NotConnected);
}

#[tokio::test]
async fn what_is_written_while_a_write_is_under_way_goes_in_one_call() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    connection.write_all(b"nothing leaves").await.unwrap();
    calls.none().await;
    let (_, waker) = flag();
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut connection).poll_flush(&mut cx).is_pending());
    let first = calls.next("HjConnWrite").await;
    assert_eq!(first.data, b"nothing leaves");
    assert_eq!(held(&connection), 0);
    for piece in [&b"this "[..], b"is ", b"one"] {
        connection.write_all(piece).await.unwrap();
    }
    assert!(Pin::new(&mut connection).poll_flush(&mut cx).is_pending());
    calls.none().await;
    first.reply.ok(&14_i64);
    let (written, flushed) =
        limited(async { tokio::join!(calls.written(), connection.flush()) }).await;
    flushed.unwrap();
    assert_eq!(written, b"this is one");
    assert_eq!(held(&connection), 0);
}

#[tokio::test]
async fn more_than_a_write_takes_has_to_wait() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    let (woken, waker) = flag();
    let mut cx = Context::from_waker(&waker);
    let large = vec![1; 3 * WRITE_SIZE];
    let mut write = |cx: &mut Context<'_>| Pin::new(&mut connection).poll_write(cx, &large);
    assert!(matches!(write(&mut cx), Poll::Ready(Ok(WRITE_SIZE))));
    // The second begins the write of the first, and waits for it.
    assert!(write(&mut cx).is_pending());
    assert_eq!(calls.written().await.len(), WRITE_SIZE);
    while !woken.0.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    assert!(matches!(write(&mut cx), Poll::Ready(Ok(WRITE_SIZE))));
}

#[tokio::test]
async fn no_write_is_larger_than_64_kib() {
    let setting = Setting::start();
    let (mut connection, mut calls) = setting.hijacked().await;
    let data: Vec<u8> = (0..2 * WRITE_SIZE - 1).map(|i| (i % 251) as u8).collect();
    let write = async {
        for piece in [&data[..WRITE_SIZE - 1], &data[WRITE_SIZE - 1..]] {
            connection.write_all(piece).await.unwrap();
        }
        connection.flush().await.unwrap();
    };
    let host = async { [calls.written().await, calls.written().await] };
    let ((), written) = limited(async { tokio::join!(write, host) }).await;
    assert_eq!(
        written.each_ref().map(Vec::len),
        [WRITE_SIZE, WRITE_SIZE - 1]
    );
    assert!(written.concat() == data);
}

/// The halves are polled from different tasks, and the one that is answered was not polled last.
#[tokio::test]
async fn halves_wait_for_themselves() {
    let setting = Setting::start();
    let (connection, mut calls) = setting.hijacked().await;
    let (mut reader, mut writer) = tokio::io::split(connection);
    let (read_woken, read_waker) = flag();
    let (write_woken, write_waker) = flag();
    let mut reading = Context::from_waker(&read_waker);
    let mut writing = Context::from_waker(&write_waker);
    let is_set = |flag: &Flag| flag.0.load(Ordering::SeqCst);
    let mut bytes = [0; 8];
    writer.write_all(b"frame").await.unwrap();
    for reader_last in [true, false] {
        let mut arrived = ReadBuf::new(&mut bytes);
        for poll_reader in [!reader_last, reader_last] {
            if poll_reader {
                let polled = Pin::new(&mut reader).poll_read(&mut reading, &mut arrived);
                assert!(polled.is_pending());
            } else {
                assert!(Pin::new(&mut writer).poll_flush(&mut writing).is_pending());
            }
        }
        let calls_now = [
            limited(calls.asked.recv()).await,
            limited(calls.asked.recv()).await,
        ];
        let (mut read, mut write) = (None, None);
        for asked in calls_now.into_iter().flatten() {
            match &*asked.method {
                "HjConnWrite" => write = Some(asked.reply),
                _ => read = Some(asked.reply),
            }
        }
        let (read, write) = (read.unwrap(), write.unwrap());
        if reader_last {
            write.ok(&5_i64);
            settle().await;
            assert_eq!((is_set(&read_woken), is_set(&write_woken)), (false, true));
            read.ok(&b"answer"[..]);
            settle().await;
        } else {
            read.ok(&b"answer"[..]);
            settle().await;
            assert_eq!((is_set(&read_woken), is_set(&write_woken)), (true, false));
            write.ok(&5_i64);
            settle().await;
        }
        assert_eq!((is_set(&read_woken), is_set(&write_woken)), (true, true));
        assert!(
            Pin::new(&mut reader)
                .poll_read(&mut reading, &mut arrived)
                .is_ready()
        );
        assert_eq!(arrived.filled(), b"answer");
        assert!(Pin::new(&mut writer).poll_flush(&mut writing).is_ready());
        for flag in [&read_woken, &write_woken] {
            flag.0.store(false, Ordering::SeqCst);
        }
        writer.write_all(b"frame").await.unwrap();
    }
}

/// The same with tasks of their own, on several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn halves_of_many_connections_in_tasks_of_their_own() {
    const MESSAGES: usize = 200;
    let setting = Setting::start();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (connection, mut calls) = setting.hijacked().await;
        let (mut reader, mut writer) = tokio::io::split(connection);
        tasks.spawn(async move {
            // The client echoes, one message at a time, and then ends.
            let (mut echoes, mut read) = (Vec::new(), None);
            let mut left = MESSAGES * 4;
            while left > 0 || read.is_none() {
                let asked = calls.asked.recv().await.unwrap();
                if asked.method == "HjConnWrite" {
                    echoes.extend_from_slice(&asked.data);
                    asked.reply.ok(&(asked.data.len() as i64));
                } else {
                    read = Some(asked.reply);
                }
                if !echoes.is_empty()
                    && let Some(read) = read.take()
                {
                    left -= echoes.len();
                    read.ok(&std::mem::take(&mut echoes)[..]);
                }
            }
            read.unwrap().error("EOF");
            calls.next("HjConnClose").await.reply.ok(&());
        });
        tasks.spawn(async move {
            for i in 0..MESSAGES as u32 {
                writer.write_all(&i.to_be_bytes()).await.unwrap();
                writer.flush().await.unwrap();
            }
        });
        tasks.spawn(async move {
            for i in 0..MESSAGES as u32 {
                assert_eq!(reader.read_u32().await.unwrap(), i);
            }
            assert_eq!(reader.read(&mut [0]).await.unwrap(), 0);
        });
    }
    limited(tasks.join_all()).await;
}

/// Connections that always have something to write are all served equally often, and those that wait
/// hold nothing.
#[tokio::test]
async fn a_load_that_lasts_is_shared_evenly() {
    const CONNECTIONS: usize = 400;
    const ROUNDS: usize = 10;
    const EACH: usize = 32 * 1024;
    let setting = Setting::start();
    let counts: Arc<[AtomicUsize]> = (0..CONNECTIONS).map(|_| AtomicUsize::new(0)).collect();
    let left = Arc::new(Semaphore::new(CONNECTIONS * ROUNDS));
    let [gathered, most_gathered] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        open.push(setting.hijacked().await);
    }
    let mut writers = tokio::task::JoinSet::new();
    for (i, (mut connection, mut calls)) in open.into_iter().enumerate() {
        tokio::spawn(async move {
            while let Some(Asked { data, reply, .. }) = calls.asked.recv().await {
                reply.ok(&(data.len() as i64));
            }
        });
        let (counts, left) = (Arc::clone(&counts), Arc::clone(&left));
        let (gathered, most_gathered) = (Arc::clone(&gathered), Arc::clone(&most_gathered));
        writers.spawn(async move {
            let data = vec![1; EACH];
            while let Ok(permit) = left.try_acquire() {
                permit.forget();
                connection.write_all(&data).await.unwrap();
                gathered.fetch_add(1, Ordering::SeqCst);
                let mut begun = false;
                poll_fn(|cx| {
                    let polled = Pin::new(&mut connection).poll_flush(cx);
                    if !begun && connection.outgoing.gathered.is_empty() {
                        begun = true;
                        gathered.fetch_sub(1, Ordering::SeqCst);
                    }
                    most_gathered.fetch_max(gathered.load(Ordering::SeqCst), Ordering::SeqCst);
                    polled
                })
                .await
                .unwrap();
                counts[i].fetch_add(1, Ordering::SeqCst);
            }
            connection
        });
    }
    limited(writers.join_all()).await;
    let counts = counts.iter().map(|count| count.load(Ordering::SeqCst));
    let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
    assert!(most <= 2 * least, "{least} to {most} times");
    assert_eq!(most_gathered.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_answer_101_needs_no_waiting_and_frames_follow_it() {
    let setting = Setting::start();
    let (hijack, mut calls) = setting.request();
    let mut headers = HeaderMap::new();
    headers.insert("upgrade", HeaderValue::from_static("websocket"));
    let host = async { calls.next("HijackResponse").await.reply.ok(&()) };
    let ((), connection) =
        limited(async { tokio::join!(host, hijack.switch_protocols(&headers)) }).await;
    let mut connection = connection.unwrap();
    let head = calls.next("HjConnWrite").await;
    let expected = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n";
    assert_eq!(head.data, expected);
    connection.write_all(b"frame").await.unwrap();
    head.reply.ok(&1_i64);
    let (frame, flushed) =
        limited(async { tokio::join!(calls.written(), connection.flush()) }).await;
    flushed.unwrap();
    assert_eq!(frame, b"frame");
}

#[tokio::test]
async fn a_host_that_refuses_can_still_be_answered() {
    let setting = Setting::start();
    let (hijack, mut calls) = setting.request();
    let writer = Arc::clone(&hijack.writer);
    let again = hijack.clone();
    let host = async {
        let asked = calls.next("HijackResponse").await;
        asked.reply.error("response cannot be hijacked");
    };
    let ((), refused) = limited(async { tokio::join!(host, hijack.hijack()) }).await;
    let Err(HijackError::Refused(CallError::Remote(words))) = refused else {
        panic!("no refusal");
    };
    assert_eq!(words, "response cannot be hijacked");
    assert!(writer.lock().await.take().is_some());
    assert!(matches!(again.hijack().await, Err(HijackError::Answered)));
}
