// Its example needs the crate that this one is for, so that one compiles it.
#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]

mod attributes;
mod enums;
mod generics;
mod structs;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Result, parse_macro_input};

use crate::attributes::Container;

/// Which traits are to be implemented.
#[derive(Clone, Copy)]
struct Wanted {
    encode: bool,
    decode: bool,
}

/// Derives `gob::Encode` and `gob::Decode`.
///
/// | attribute | on | says |
/// |---|---|---|
/// | `#[gob(type_name = "Request")]` | a struct | its name on the wire; otherwise its own |
/// | `#[gob(crate = "path::to::gob")]` | a struct or enum | where `gob` is, when it is not `::gob` |
/// | `#[gob(name = "APIMuxId")]` | a field | its name in Go; otherwise its own in Pascal case |
/// | `#[gob(skip)]` | a field | that it does not travel, and is its `Default` when it arrives |
/// | `#[gob(name = "*model.AppError")]` | a variant | the whole name under which its type is registered; to be sent it needs one |
/// | `#[gob(last = "AppError")]` | a variant | the last element of that name, whatever stands before; otherwise its own name |
/// | `#[gob(nil)]` | a variant | that it is the nil interface |
/// | `#[gob(other)]` | a variant | that it takes all other names |
///
/// [`gob`](https://docs.rs/go-gob) tells what becomes of which type.
#[proc_macro_derive(Gob, attributes(gob))]
pub fn derive_gob(input: TokenStream) -> TokenStream {
    derive(
        parse_macro_input!(input),
        Wanted {
            encode: true,
            decode: true,
        },
    )
}

/// Derives `gob::Encode`, for what is sent only. Its attributes are those of [`Gob`](macro@Gob).
#[proc_macro_derive(Encode, attributes(gob))]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    derive(
        parse_macro_input!(input),
        Wanted {
            encode: true,
            decode: false,
        },
    )
}

/// Derives `gob::Decode`, for what is received only; lifetimes of the type borrow from the bytes. Its attributes are those of
/// [`Gob`](macro@Gob).
#[proc_macro_derive(Decode, attributes(gob))]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    derive(
        parse_macro_input!(input),
        Wanted {
            encode: false,
            decode: true,
        },
    )
}

#[allow(clippy::needless_pass_by_value)] // parse_macro_input makes a value
fn derive(input: DeriveInput, wanted: Wanted) -> TokenStream {
    expand(&input, wanted)
        .unwrap_or_else(|e| e.to_compile_error())
        .into()
}

fn expand(input: &DeriveInput, wanted: Wanted) -> Result<proc_macro2::TokenStream> {
    let container = Container::new(&input.attrs)?;
    match &input.data {
        Data::Struct(data) => structs::expand(input, data, &container, wanted),
        Data::Enum(data) => enums::expand(input, data, &container, wanted),
        Data::Union(_) => Err(syn::Error::new_spanned(&input.ident, "gob knows no unions")),
    }
}
