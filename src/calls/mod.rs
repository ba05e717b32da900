//! Calls and texts that people start from the chat: who may, what is dialled, and the truth about what came of it.

mod dial;
mod pbx;

pub use dial::Dial;
pub use pbx::{
    AgentAction, AgentRequest, Driver, Extension, Failure, Leg, NewCall, Pbx, Progress, Refusal,
    TextMessage,
};
