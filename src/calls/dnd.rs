//! Do-not-disturb of people's phones, and codes that they read from them.

use super::denied::Reason;
use super::dial::Written;
use super::target::Target;
use super::{Calls, CallsHost, Code, Denied, Dial, Extension, Pbx, Refusal};
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

    /// Rings a number within what the admin allows to be called; its display shows the code.
    ///
    /// # Errors
    ///
    /// It may not be called, or the PBX did not take the order.
    pub async fn announce(&self, number: &str, code: Code) -> Result<Dial, Denied> {
        let known = self.known()?;
        let target = match Written::read(number)? {
            Written::Number(number) => Target::of_number(&number, &known.rules)?,
            Written::Words(text) => return Err(Reason::NotANumber { text }.into()),
        };
        let announced = self.pbx.announce(&target.dial, code).await;
        announced.map_err(Reason::Pbx)?;
        Ok(target.dial)
    }
}
