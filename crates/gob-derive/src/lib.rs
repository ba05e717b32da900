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

/// Derives `gob::Encode`.
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

/// Derives `gob::Decode`.
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
