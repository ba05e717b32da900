//! Activation, deactivation, and the settings between them.

use std::sync::Mutex;

use tokio::sync::Semaphore;

use super::*;

/// What became of a plugin.
type Notes = Mutex<Vec<&'static str>>;

fn note(notes: &Notes, what: &'static str) {
    notes.lock().unwrap().push(what);
}

struct PanicsAtOnce;

impl Plugin for PanicsAtOnce {
    #[allow(clippy::manual_async_fn, reason = "it panics before there is a future")]
    fn activate(_: Api) -> impl Future<Output = Result<Self, HookError>> + Send {
        if true {
            panic!("on purpose");
        }
        async { Ok(Self) }
    }
}

struct PanicsInHttp;

impl Plugin for PanicsInHttp {
    async fn activate(_: Api) -> Result<Self, HookError> {
        Ok(Self)
    }

    fn http(self: &Arc<Self>) -> HttpService {
        panic!("on purpose")
    }
}

async fn fails_to_activate<P: Plugin>() {
    let setting = Setting::<P>::start().await;
    for _ in 0..2 {
        let outcome = setting.service.activate(setting.activation()).await;
        assert_eq!(
            outcome.unwrap_err().to_string(),
            "the plugin panicked: on purpose"
        );
        assert!(setting.service.active().is_none());
    }
}

#[tokio::test]
async fn a_panic_during_the_activation_is_the_typed_error() {
    fails_to_activate::<PanicsAtOnce>().await;
    fails_to_activate::<PanicsInHttp>().await;
}

static ENDS: Notes = Mutex::new(Vec::new());

struct Ends;

impl Plugin for Ends {
    async fn activate(_: Api) -> Result<Self, HookError> {
        note(&ENDS, "activate");
        Ok(Self)
    }

    async fn deactivate(&self) -> Result<(), HookError> {
        note(&ENDS, "deactivate");
        panic!("on purpose")
    }
}

#[tokio::test]
async fn each_activation_ends_once() {
    let setting = Setting::<Ends>::start().await;
    let service = &setting.service;
    service.activate(setting.activation()).await.unwrap();
    service.activate(setting.activation()).await.unwrap();
    let (one, other) = tokio::join!(service.deactivate(), service.deactivate());
    assert_eq!(
        one.unwrap_err().to_string(),
        "the plugin panicked: on purpose"
    );
    other.unwrap();
    service.end().await;
    assert_eq!(
        *ENDS.lock().unwrap(),
        ["activate", "deactivate", "activate", "deactivate"]
    );
}

static SLOW: Notes = Mutex::new(Vec::new());
static GATE: Semaphore = Semaphore::const_new(0);

struct Slow;

impl Plugin for Slow {
    async fn activate(_: Api) -> Result<Self, HookError> {
        GATE.acquire().await.unwrap().forget();
        note(&SLOW, "activate");
        Ok(Self)
    }

    async fn configuration_changed(&self) -> Result<(), HookError> {
        note(&SLOW, "changed");
        Ok(())
    }
}

#[tokio::test]
async fn settings_saved_during_the_activation_are_told_after_it() {
    let setting = Setting::<Slow>::start().await;
    let args = Activate {
        api_mux_id: setting.accept(),
        driver_mux_id: setting.accept(),
    };
    let change = async || {
        let told = setting
            .hooks
            .call::<_, gob::Value>("Plugin.OnConfigurationChange", &());
        told.await.unwrap()
    };
    // Before it there is nobody to tell.
    change().await;
    let activation = async {
        let told = setting
            .hooks
            .call::<_, gob::Value>("Plugin.OnActivate", &args);
        told.await.unwrap()
    };
    // The calls arrive in this order.
    tokio::join!(activation, async {
        change().await;
        change().await;
        let again = setting.service.activate(setting.activation()).await;
        assert_eq!(again.unwrap_err().to_string(), "an activation is under way");
        GATE.add_permits(1);
    });
    assert_eq!(*SLOW.lock().unwrap(), ["activate", "changed"]);
    change().await;
    assert_eq!(*SLOW.lock().unwrap(), ["activate", "changed", "changed"]);
}
