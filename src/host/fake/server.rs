//! The server itself, and its key-value store.

use super::*;

impl Server for FakeServer {
    async fn version(&self) -> Result<String, HostError> {
        self.answer("version", || Ok("9.11.3".to_owned())).await
    }

    fn api_calls(&self) -> Vec<ApiCalls> {
        let failed = ApiCalls {
            method: "KVGet",
            calls: 7,
            failed: 2,
            took: Duration::from_millis(30),
        };
        vec![failed]
    }

    async fn site_url(&self) -> Result<String, HostError> {
        let url = "https://chat.example.com".to_owned();
        self.answer("site_url", || Ok(url)).await
    }

    async fn server_language(&self) -> Result<Language, HostError> {
        self.answer("server_language", || Ok(*lock(&self.0.language)))
            .await
    }

    async fn custom_statuses_enabled(&self) -> Result<bool, HostError> {
        let enabled = !self.0.no_custom.load(Ordering::Relaxed);
        self.answer("custom_statuses_enabled", || Ok(enabled)).await
    }
}

impl Store for FakeServer {
    fn damaged(&self) -> Option<&Damaged> {
        Some(&self.0.damaged)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        let find = || Ok(lock(&self.0.store).get(key).cloned());
        self.answer("get", find).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        let set = || {
            let mut store = lock(&self.0.store);
            if store.get(key).map(Vec::as_slice) != old {
                return Ok(false);
            }
            match value {
                Some(value) => drop(store.insert(key.to_owned(), value.to_owned())),
                None => drop(store.remove(key)),
            }
            Ok(true)
        };
        self.answer("compare_and_set", set).await
    }
}

impl Records for FakeServer {
    async fn put(&self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        assert!(key.chars().count() <= crate::store::MAX_KEY, "{key}");
        let put = || {
            let mut store = lock(&self.0.store);
            match value {
                Some(value) => drop(store.insert(key.to_owned(), value.to_owned())),
                None => drop(store.remove(key)),
            }
            Ok(())
        };
        self.answer("put", put).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, HostError> {
        let find = || {
            let store = lock(&self.0.store);
            let keys = store.keys().filter(|key| key.starts_with(prefix));
            Ok(keys.cloned().collect())
        };
        self.answer("keys", find).await
    }
}

impl Nodes for FakeServer {
    async fn clustered(&self) -> Result<bool, HostError> {
        self.answer("clustered", || Ok(false)).await
    }

    async fn tell(&self, _: &str, _: Vec<u8>) -> Result<(), HostError> {
        self.answer("tell", || Ok(())).await
    }
}
