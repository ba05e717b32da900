//! Do-not-disturb of people's phones, and codes that they read from them.

use super::denied::Reason;
use super::dial::Written;
use super::target::Target;
use super::{Calls, CallsHost, Code, Denied, Extension, Pbx, Refusal};
use crate::board::Name;
use crate::people::fold;

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// The extensions of the PBX that are a line's.
    fn extensions_of(&self, line: &Name) -> Vec<Extension> {
        let line = fold(line);
        let own = |extension: &Extension| fold(&extension.user) == line;
        self.pbx.extensions().into_iter().filter(own).collect()
    }

    /// Switches do-not-disturb of a line's phones, and answers how many of the PBX's extensions that were: none where the line is
    /// not the PBX's.
    ///
    /// # Errors
    ///
    /// Why the PBX did not do it, for the first extension for which it did not.
    pub async fn set_phone_dnd(&self, line: &Name, on: bool) -> Result<usize, Refusal> {
        let own = self.extensions_of(line);
        for extension in &own {
            self.pbx.set_dnd(&extension.number, on).await?;
        }
        Ok(own.len())
    }

    /// What a number that somebody writes leads to, within what the admin allows to be called.
    ///
    /// # Errors
    ///
    /// It is no number, or may not be called.
    pub fn number(&self, text: &str) -> Result<Target, Denied> {
        let known = self.known()?;
        Ok(match Written::read(text)? {
            Written::Number(number) => Target::of_number(&number, &known.rules)?,
            Written::Words(text) => return Err(Reason::NotANumber { text }.into()),
        })
    }

    /// Rings there; the display shows the code.
    ///
    /// # Errors
    ///
    /// The PBX did not take the order.
    pub async fn announce(&self, to: &Target, code: Code) -> Result<(), Denied> {
        let announced = self.pbx.announce(&to.dial, code).await;
        Ok(announced.map_err(Reason::Pbx)?)
    }
}
