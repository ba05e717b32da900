//! Complex numbers.

use crate::decode::Decode;
use crate::desc::Desc;
use crate::encode::Encode;
use crate::encoder::Writer;
use crate::error::DecodeError;
use crate::plan::Node;
use crate::reader::Reader;

macro_rules! complex {
    ($(#[$doc:meta])* $name:ident, $part:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Default)]
        pub struct $name {
            /// The real part.
            pub re: $part,
            /// The imaginary part.
            pub im: $part,
        }

        impl Encode for $name {
            fn desc() -> &'static Desc {
                &Desc::Complex
            }
            fn is_zero(&self) -> bool {
                self.re == 0.0 && self.im == 0.0
            }
            fn write(&self, w: &mut Writer<'_>) {
                self.re.write(w);
                self.im.write(w);
            }
        }

        impl<'de> Decode<'de> for $name {
            fn desc() -> &'static Desc {
                &Desc::Complex
            }
            fn zero() -> Self {
                Self::default()
            }
            fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
                self.re.read(r, node)?;
                self.im.read(r, node)
            }
        }
    };
}

complex! {
    /// Go's `complex64`.
    Complex64, f32
}
complex! {
    /// Go's `complex128`.
    Complex128, f64
}
