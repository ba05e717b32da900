//! Do-not-disturb of people's phones, and codes that they read from them.

use super::denied::Reason;
use super::dial::Written;
use super::target::Target;
use super::{Calls, CallsHost, Code, Denied, Dial, NotSwitched, Pbx, Refusal};
use crate::board::Name;
use crate::people::fold;

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// The extensions of the PBX that are a line's: none where the line is not the PBX's.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotConnected`] where none is known and the PBX has not listed its extensions yet: there may be some.
    pub fn phones_of(&self, line: &Name) -> Result<Vec<Dial>, Refusal> {
        let line = fold(line);
        let listing = self.pbx.listing();
        let extensions = listing.extensions.into_iter();
        let own = extensions.filter(|extension| fold(&extension.user) == line);
        let own: Vec<Dial> = own.map(|extension| extension.number).collect();
        if own.is_empty() && !listing.complete {
            let why = "it has not told yet which extensions there are";
            return Err(Refusal::NotConnected(why.to_owned()));
        }
        Ok(own)
    }

    /// Switches do-not-disturb of these extensions, of each although it fails for another one.
    ///
    /// # Errors
    ///
    /// Why the PBX did not do it, for the first extension for which it did not.
    pub async fn set_dnd(&self, extensions: &[Dial], on: bool) -> Result<(), NotSwitched> {
        let mut first = None;
        let mut touched = false;
        for extension in extensions {
            match self.pbx.set_dnd(extension, on).await {
                Ok(()) => touched = true,
                Err(not) => {
                    touched |= not.touched;
                    first.get_or_insert(not.refusal);
                }
            }
        }
        match first {
            None => Ok(()),
            Some(refusal) => Err(NotSwitched { refusal, touched }),
        }
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
