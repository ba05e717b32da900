//! People's statuses, and records of the key-value store.

use std::collections::BTreeSet;
use std::future::Future;

use gob::Time;
use mattermost_plugin::model::{CustomStatus as ServerStatus, Preference};

use super::Mattermost;
use crate::host::{
    ApiCalls, CustomStatus, HostError, PersonalStatus, PersonalStatuses, Records, Server, UserId,
};
use crate::host::{Session, Sessions};
use crate::language::Language;

/// How many keys one page of the store has.
const KEYS_A_PAGE: i64 = 1000;

/// How often the keys are listed at most until they agree.
const MAX_ROUNDS: u32 = 8;

impl PersonalStatuses for Mattermost {
    async fn personal_status(&self, user: &UserId) -> Result<PersonalStatus, HostError> {
        let status = self.patient.get_user_status(user.as_str()).await?;
        Ok(PersonalStatus {
            status: status.status,
            manual: status.manual,
            dnd_end: status.dnd_end_time,
            previous: status.prev_status,
        })
    }

    async fn set_status(&self, user: &UserId, status: &str) -> Result<(), HostError> {
        self.patient
            .update_user_status(user.as_str(), status)
            .await?;
        Ok(())
    }

    async fn set_timed_dnd(&self, user: &UserId, end: i64) -> Result<(), HostError> {
        self.patient
            .set_user_status_timed_dnd(user.as_str(), end)
            .await?;
        Ok(())
    }

    async fn custom_status(&self, user: &UserId) -> Result<Option<CustomStatus>, HostError> {
        let user = self.patient.get_user(user.as_str()).await?;
        Ok(user.custom_status().map(ours))
    }

    async fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        let user = user.as_str();
        match status {
            Some(status) => {
                self.patient
                    .update_user_custom_status(user, &theirs(status))
                    .await?;
            }
            None => self.patient.remove_user_custom_status(user).await?,
        }
        Ok(())
    }

    async fn recent_custom_statuses(&self, user: &UserId) -> Result<Option<String>, HostError> {
        let (category, name) = ServerStatus::RECENT;
        let all = self.patient.get_preferences_for_user(user.as_str()).await?;
        let recent = all
            .into_iter()
            .find(|preference| preference.category == category && preference.name == name);
        Ok(recent.map(|preference| preference.value))
    }

    async fn set_recent_custom_statuses(&self, user: &UserId, json: &str) -> Result<(), HostError> {
        let (category, name) = ServerStatus::RECENT;
        let preference = Preference {
            user_id: user.as_str().to_owned(),
            category: category.to_owned(),
            name: name.to_owned(),
            value: json.to_owned(),
        };
        Ok(self
            .patient
            .update_preferences_for_user(user.as_str(), &[preference])
            .await?)
    }
}

impl Sessions for Mattermost {
    async fn session(&self, id: &str) -> Result<Session, HostError> {
        let session = self.api.get_session(id).await?;
        Ok(Session {
            user: session.user_id.into(),
            ends: u64::try_from(session.expires_at)
                .ok()
                .filter(|ends| *ends > 0),
        })
    }
}

impl Server for Mattermost {
    async fn version(&self) -> Result<String, HostError> {
        Ok(self.api.server_version().await?.to_string())
    }

    fn api_calls(&self) -> Vec<ApiCalls> {
        let counts = self.api.counts().into_iter();
        let calls = counts.map(|(method, counts)| ApiCalls {
            method,
            calls: counts.calls,
            failed: counts.failed,
            took: counts.took,
        });
        calls.collect()
    }

    async fn site_url(&self) -> Result<String, HostError> {
        let config = self.api.get_config().await?;
        Ok(config.site_url().unwrap_or_default().to_owned())
    }

    async fn server_language(&self) -> Result<Language, HostError> {
        let config = self.api.get_config().await?;
        let locale = config.localization_settings.default_server_locale;
        Ok(Language::from_locale(&locale))
    }

    async fn custom_statuses_enabled(&self) -> Result<bool, HostError> {
        let config = self.api.get_config().await?;
        Ok(config.team_settings.enable_custom_user_statuses)
    }
}

impl Records for Mattermost {
    async fn put(&self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        match value {
            Some(value) => self.patient.kv_set(key, value).await?,
            None => self.patient.kv_delete(key).await?,
        }
        Ok(())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, HostError> {
        let page = |page| async move { Ok(self.patient.kv_list(page, KEYS_A_PAGE).await?) };
        keys(prefix, page).await
    }
}

/// All keys that begin with this, of a store that answers a page at a time while others change it: a key that is deleted moves all
/// behind it forward, and one of them from a page to come to one that was read. So it is read until a round finds nothing more.
async fn keys<F: Future<Output = Result<Vec<String>, HostError>>>(
    prefix: &str,
    page: impl Fn(i64) -> F,
) -> Result<Vec<String>, HostError> {
    let mut keys = BTreeSet::new();
    for round in 1..=MAX_ROUNDS {
        let found = keys.len();
        for number in 0.. {
            let listed = page(number).await?;
            let last = listed.len() < KEYS_A_PAGE as usize;
            keys.extend(listed.into_iter().filter(|key| key.starts_with(prefix)));
            if last && number == 0 {
                return Ok(keys.into_iter().collect());
            }
            if last {
                break;
            }
        }
        if round > 1 && keys.len() == found {
            break;
        }
    }
    Ok(keys.into_iter().collect())
}

fn ours(status: ServerStatus) -> CustomStatus {
    let end = status.expires_at;
    let millis = || {
        let seconds = u64::try_from(end.unix()).unwrap_or_default();
        // Something that ended before 1970 ended all the same.
        (seconds * 1000 + u64::from(end.nanos() / 1_000_000)).max(1)
    };
    CustomStatus {
        emoji: status.emoji,
        text: status.text,
        duration: status.duration,
        expires_at: if end.is_zero() { 0 } else { millis() },
    }
}

fn theirs(status: &CustomStatus) -> ServerStatus {
    let end = status.expires_at;
    ServerStatus {
        emoji: status.emoji.clone(),
        text: status.text.clone(),
        duration: status.duration.clone(),
        expires_at: match end {
            0 => Time::ZERO,
            end => Time::from_unix((end / 1000) as i64, (end % 1000) as u32 * 1_000_000),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use go_plugin::broker::BrokerStream;
    use go_plugin::rpc::Client;
    use go_plugin::yamux::{Mode, Session};
    use mattermost_plugin::Api;
    use tokio::time::timeout;

    use super::*;
    use crate::sinks::status::CALL_LIMIT;

    #[tokio::test(start_paused = true)]
    async fn a_set_is_not_given_up_before_whoever_gives_back_gives_it_up() {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (plugin, driver) = Session::new(ours, Mode::Server);
        tokio::spawn(driver);
        // A server that takes everything and answers nothing.
        let (_session, driver) = Session::new(theirs, Mode::Client);
        tokio::spawn(driver);
        let stream = plugin.open().await.expect("a stream");
        let api = Api::new(Client::new(BrokerStream::from(stream)));
        let server = Mattermost::new(api, "switchboard");
        let (server, bob, status) = (&server, &UserId::from("bob"), CustomStatus::default());
        async fn given_up(asking: impl Future<Output = Result<(), HostError>>) -> bool {
            timeout(CALL_LIMIT, asking).await.is_ok()
        }
        assert!(!given_up(server.set_status(bob, "dnd")).await);
        assert!(!given_up(server.set_timed_dnd(bob, 0)).await);
        assert!(!given_up(server.set_custom_status(bob, Some(&status))).await);
        assert!(!given_up(server.set_custom_status(bob, None)).await);
        assert!(!given_up(server.set_recent_custom_statuses(bob, "[]")).await);
        assert!(!given_up(server.put("key", Some(b"1"))).await);
        assert!(!given_up(server.put("key", None)).await);
        // And it is bounded all the same.
        let later = 2 * CALL_LIMIT;
        let answer = timeout(later, server.set_status(bob, "dnd")).await;
        assert!(answer.expect("an answer").expect_err("none").is_transient());
    }

    #[tokio::test]
    async fn no_key_is_missed_while_others_delete_theirs() {
        let store = |count: usize| -> Mutex<Vec<String>> {
            Mutex::new((0..count).map(|n| format!("status:{n:05}")).collect())
        };
        let listed = async |store: &Mutex<Vec<String>>, deleted: usize| {
            let left = AtomicUsize::new(deleted);
            let page = |page: i64| {
                let mut keys = store.lock().expect("no panic");
                let first = (page * KEYS_A_PAGE) as usize;
                let found = keys.iter().skip(first).take(KEYS_A_PAGE as usize).cloned();
                let found = found.collect();
                if left.load(Ordering::Relaxed) > 0 {
                    // Behind the page that was read, all move forward.
                    left.fetch_sub(1, Ordering::Relaxed);
                    keys.drain(..10);
                }
                std::future::ready(Ok(found))
            };
            keys("status:", page).await.expect("keys")
        };
        for (count, deleted) in [(0, 0), (999, 1), (1000, 1), (2500, 1), (2500, 2), (9000, 5)] {
            let store = store(count);
            let found = listed(&store, deleted).await;
            let left = store.lock().expect("no panic").clone();
            let missing: Vec<_> = left.iter().filter(|key| !found.contains(key)).collect();
            assert!(missing.is_empty(), "{count} {deleted}: {missing:?}");
        }
        let other = Mutex::new(vec!["links".to_owned(), "status:1".to_owned()]);
        assert_eq!(listed(&other, 0).await, ["status:1"]);
    }

    #[test]
    fn a_custom_status_is_the_same_there_and_back() {
        for expires_at in [0, 1, 1_763_000_000_123] {
            let status = CustomStatus {
                emoji: "palm_tree".to_owned(),
                text: "Away".to_owned(),
                duration: "date_and_time".to_owned(),
                expires_at,
            };
            assert_eq!(ours(theirs(&status)), status);
        }
    }
}
