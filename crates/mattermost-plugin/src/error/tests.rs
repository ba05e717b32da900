use go_plugin::rpc::CallError;
use gob::{Decoder, Encode, Encoder, Gob, Interface, Value};

use super::*;

#[derive(Gob)]
struct Returns<T> {
    a: T,
}

fn through<T: Encode>(error: T) -> IncomingError {
    let mut bytes = Vec::new();
    Encoder::new()
        .encode(&Returns { a: error }, &mut bytes)
        .unwrap();
    let read = Decoder::new().decode::<Returns<IncomingError>>(&mut &bytes[..]);
    read.unwrap().unwrap().a
}

fn app_error() -> AppError {
    AppError {
        id: "app.user.missing".into(),
        message: "No such user.".into(),
        detailed_error: "id=x".into(),
        request_id: "r".into(),
        status_code: 404,
        where_: "GetUser".into(),
        skip_translation: true,
    }
}

fn api_error(status_code: i64) -> ApiError {
    ApiError::App(Box::new(AppError {
        status_code,
        ..AppError::default()
    }))
}

#[test]
fn what_a_hook_answers_arrives_under_the_names_that_servers_register() {
    let name = |error: OutgoingError| {
        let mut bytes = Vec::new();
        Encoder::new()
            .encode(&Returns { a: error }, &mut bytes)
            .unwrap();
        let read = Decoder::new().decode::<Returns<Option<Interface<Value>>>>(&mut &bytes[..]);
        read.unwrap()
            .unwrap()
            .a
            .map(|interface| interface.name.into_owned())
    };
    // Go: gob.Register(&ErrorString{}) registers reflect.TypeOf(…).String().
    assert_eq!(
        name(HookError::from("no").into()).as_deref(),
        Some("*plugin.ErrorString")
    );
    assert_eq!(
        name(HookError::from(app_error()).into()).as_deref(),
        Some("*model.AppError")
    );
    assert_eq!(name(Ok(()).into()), None);
}

#[test]
fn errors_survive_the_way() {
    assert_eq!(through(OutgoingError::from(Ok(()))), IncomingError::Nil);
    assert_eq!(
        through(OutgoingError::from(HookError::from(app_error()))),
        IncomingError::AppError(app_error())
    );
    let words = ErrorString {
        code: 0,
        err: "activation refused".into(),
    };
    assert_eq!(
        through(OutgoingError::from(Err("activation refused".into()))),
        IncomingError::ErrorString(words)
    );
}

#[test]
fn any_name_that_ends_alike_is_read() {
    for path in [
        "*plugin.",
        "*github.com/mattermost/mattermost/server/public/plugin.",
        "*github.com/mattermost/mattermost-server/v6/plugin.",
        "plugin.",
    ] {
        let error = ErrorString {
            code: 2,
            err: "sql: no rows".into(),
        };
        let read = through(Interface::new(format!("{path}ErrorString"), error.clone()));
        assert_eq!(read, IncomingError::ErrorString(error), "{path}");
    }
    let read = through(Interface::new(
        "*github.com/mattermost/mattermost-server/v6/model.AppError",
        app_error(),
    ));
    assert_eq!(read, IncomingError::AppError(app_error()));
}

#[test]
fn a_databases_own_error_keeps_its_words() {
    #[derive(Gob)]
    struct Error {
        severity: String,
        message: String,
    }
    let error = Error {
        severity: "FATAL".into(),
        message: "too many clients".into(),
    };
    let error = through(Interface::new("*pq.Error", error))
        .into_error()
        .unwrap();
    assert_eq!(error.to_string(), "pq.Error: too many clients");
    assert!(!error.is_transient() && !error.is_not_found());
}

#[test]
fn errors_are_printed_as_go_prints_them() {
    assert_eq!(app_error().to_string(), "GetUser: No such user., id=x");
    let bare = AppError {
        id: "a.b".into(),
        ..AppError::default()
    };
    assert_eq!(bare.to_string(), "a.b");
    let needs = ApiError::UnknownMethod {
        method: "GetUsersByIds",
        since: "9.8",
    };
    assert_eq!(
        needs.to_string(),
        "this server does not know GetUsersByIds, which needs Mattermost 9.8"
    );
    let late = ApiError::Timeout {
        method: "GetUser",
        after: Duration::from_secs(30),
    };
    assert_eq!(
        late.to_string(),
        "the server has not answered GetUser for 30 s"
    );
}

#[test]
fn errors_are_told_apart_by_fault() {
    let gone = || ApiError::Call {
        method: "GetUser",
        source: CallError::Gone("x".into()),
    };
    let remote = || ApiError::Call {
        method: "GetUser",
        source: CallError::Remote("x".into()),
    };
    let late = ApiError::Timeout {
        method: "GetUser",
        after: Duration::ZERO,
    };
    let old = ApiError::UnknownMethod {
        method: "GetUser",
        since: "5.2",
    };
    let text = |code| {
        ApiError::Plugin(ErrorString {
            code,
            err: "x".into(),
        })
    };

    for transient in [
        api_error(500),
        api_error(503),
        api_error(429),
        api_error(408),
        gone(),
        late,
        text(3),
    ] {
        assert!(transient.is_transient(), "{transient:?}");
        assert!(
            !transient.is_not_found() && !transient.is_unknown_method(),
            "{transient:?}"
        );
    }
    for lasting in [
        api_error(400),
        api_error(403),
        api_error(404),
        api_error(501),
        api_error(0),
        api_error(-1),
        api_error(70_000),
        remote(),
        text(0),
        text(2),
        old,
    ] {
        assert!(!lasting.is_transient(), "{lasting:?}");
    }
    assert!(api_error(404).is_not_found() && text(2).is_not_found());
    assert_eq!(api_error(418).status(), Some(StatusCode::IM_A_TEAPOT));
    assert_eq!(
        (
            api_error(0).status(),
            api_error(1 << 40).status(),
            gone().status()
        ),
        (None, None, None)
    );
}

#[test]
fn a_servers_refusal_passes_through_a_hook_as_it_is() {
    let error = HookError::from(ApiError::App(Box::new(app_error())));
    assert_eq!(error, HookError::App(Box::new(app_error())));
    let error = HookError::from(ApiError::Empty { method: "GetUser" });
    assert_eq!(
        error,
        HookError::Text("the server answered GetUser with nothing".into())
    );
}

/// What stands behind an error can be looked at, and its words are in the error's own already.
#[test]
fn what_stands_behind_an_error_is_its_source() {
    use std::error::Error;

    let read = Decoder::new().decode::<String>(&mut &[2, 2, 0][..]);
    let gob = read.unwrap_err();
    let error = ApiError::Call {
        method: "GetUser",
        source: CallError::Decode(gob.clone()),
    };
    let call = error.source().and_then(|e| e.downcast_ref::<CallError>());
    let decode = call.and_then(Error::source);
    let found = decode.and_then(|e| e.downcast_ref::<gob::DecodeError>());
    assert_eq!(found, Some(&gob));
    assert!(error.to_string().ends_with(&gob.to_string()), "{error}");

    let refused = crate::http::HijackError::Refused(CallError::Remote("HTTP/2".into()));
    let call = refused.source().and_then(|e| e.downcast_ref::<CallError>());
    assert!(matches!(call, Some(CallError::Remote(words)) if words == "HTTP/2"));
}

/// What plugins are handed goes to other tasks, and to other threads. It fails where it does not compile.
#[test]
fn what_a_plugin_is_handed_can_be_sent_and_shared() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug>() {}
    fn sent<T: Send + std::fmt::Debug>() {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}

    shared::<crate::Api>();
    shared::<crate::Context>();
    shared::<crate::Event>();
    shared::<crate::http::HttpService>();
    shared::<crate::http::Hijack>();
    sent::<crate::http::Hijacked>();
    sent::<crate::http::Body>();
    error::<ApiError>();
    error::<AppError>();
    error::<HookError>();
    error::<crate::http::HijackError>();
}
