//! What happens beside the board: addresses that are called when a call comes in, alerts of queues in trouble, and the report of the day.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::{App, Clock};
use crate::config::{Config, Problem, Setting};
use crate::host::Host;
use crate::language::Language;
use crate::live::Live;
use crate::outbound::Client;
use crate::sinks::Sink;
use crate::sinks::alerts::Alerts;
use crate::sinks::callbacks::{Callbacks, Leads, Pages};
use crate::sinks::channels::Channels;
use crate::sinks::posts::{Counts, Target};
use crate::sinks::report::Reports;
use crate::tasks;
use crate::time_zone::TimeZones;

/// How long the server's calls may take at a stop.
const CALLBACKS_LIMIT: Duration = Duration::from_secs(2);

/// How long storing what is counted may take then.
const STORE_LIMIT: Duration = Duration::from_secs(2);

/// All of it.
pub(super) struct Effects<H> {
    callbacks: Callbacks,
    channels: Arc<Channels<H>>,
    alerts: Alerts<H>,
    reports: Reports<H>,
    finding: AbortHandle,
}

impl<H: Host> Effects<H> {
    pub(super) fn new(
        host: &Arc<H>,
        client: &Arc<Client>,
        zones: &Arc<TimeZones>,
        target: watch::Receiver<Option<Target>>,
        (clock, leads): (Clock, Leads),
    ) -> Self {
        let channels = Arc::new(Channels::new(Arc::clone(host), target));
        let finding = Arc::clone(&channels);
        let alerts = Alerts::new(
            Arc::clone(&channels),
            Arc::clone(zones),
            Arc::clone(&leads),
            clock,
        );
        let reports = Reports::new(
            Arc::clone(host),
            Arc::clone(&channels),
            Arc::clone(zones),
            Arc::clone(&leads),
            clock,
        );
        Self {
            callbacks: Callbacks::new(Arc::clone(client), leads, clock),
            finding: tasks::spawn(async move { finding.run().await }).abort_handle(),
            channels,
            alerts,
            reports,
        }
    }

    /// Callers' pages are opened by whoever follows that stream.
    pub(super) fn show_on(&self, live: &Arc<Live>) {
        self.callbacks.show_on(Arc::clone(live) as Arc<dyn Pages>);
    }

    /// What follows the board for it.
    pub(super) fn sinks(&self) -> Vec<Box<dyn Sink>> {
        vec![
            Box::new(self.callbacks.sink()),
            Box::new(self.alerts.sink()),
            Box::new(self.reports.sink()),
        ]
    }

    pub(super) fn configure(&self, config: &Config) {
        let notices = &config.notices;
        let (alerts, reports) = (!notices.limits.is_empty(), notices.report_time.is_some());
        let mut channels = Vec::new();
        if alerts {
            channels.push(notices.alert_channel.clone().unwrap_or_default());
        }
        if reports {
            channels.push(notices.report_channel.clone().unwrap_or_default());
        }
        self.channels.configure(&config.team_name, channels);
        self.callbacks.configure(config);
        self.alerts.configure(config);
        self.reports.configure(config);
    }

    pub(super) fn set_language(&self, language: Language) {
        self.alerts.set_language(language);
        self.reports.set_language(language);
    }

    /// Makes the posts that wait, and stores what is counted. Tells how many posts remained.
    pub(super) async fn stop(&self, limit: Duration) -> usize {
        let posts = async {
            let remaining = self.channels.stop(limit).await;
            self.reports.stop(STORE_LIMIT.min(limit)).await;
            remaining
        };
        let callbacks = self.callbacks.stop(CALLBACKS_LIMIT.min(limit));
        let (remaining, ()) = tokio::join!(posts, callbacks);
        self.finding.abort();
        remaining
    }

    /// The daily report.
    pub(super) fn reports(&self) -> &Reports<H> {
        &self.reports
    }

    /// What may be a mistake, and may as well not.
    fn warnings(&self, key: impl Fn(Setting) -> &'static str) -> Vec<Problem> {
        let unknown = self.alerts.unknown(key(Setting::AlertLimits));
        unknown.into_iter().collect()
    }

    fn problems(&self, config: &Config, key: impl Fn(Setting) -> &'static str) -> Vec<Problem> {
        let notices = &config.notices;
        let alerts = notices.alert_channel.as_ref();
        let reports = notices.report_channel.as_ref();
        let alerts =
            alerts.and_then(|name| self.channels.problem(name, key(Setting::AlertChannel)));
        let reports = reports
            .filter(|name| notices.alert_channel.as_ref() != Some(*name))
            .and_then(|name| self.channels.problem(name, key(Setting::ReportChannel)));
        let callbacks = self.callbacks.problems(key(Setting::CallbackUrl));
        callbacks.into_iter().chain(alerts).chain(reports).collect()
    }
}

impl<H> Drop for Effects<H> {
    fn drop(&mut self) {
        self.finding.abort();
    }
}

impl<H: Host> App<H> {
    /// What is called when a call comes in.
    #[must_use]
    pub fn callbacks(&self) -> &Callbacks {
        &self.effects.callbacks
    }

    /// What became of the posts of alerts and reports so far.
    #[must_use]
    pub fn notice_counts(&self) -> Counts {
        self.effects.channels.counts()
    }

    /// What an admin may want to put right, although it is no problem for sure.
    #[must_use]
    pub fn effects_warnings(&self) -> Vec<Problem> {
        self.effects.warnings(|setting| self.setting(setting))
    }

    pub(super) fn effects_problems(&self) -> Vec<Problem> {
        self.effects
            .problems(&self.config(), |setting| self.setting(setting))
    }
}
