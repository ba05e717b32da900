//! The heads of the implementations.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Lifetime, LifetimeParam, parse_quote};

use crate::attributes::Container;

/// `impl<…> Encode for Type<…> where …`
pub(crate) fn encode_head(input: &DeriveInput, container: &Container) -> TokenStream {
    let krate = &container.krate;
    let mut generics = input.generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#krate::Encode));
    }
    let (generics, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = input.generics.split_for_impl();
    let name = &input.ident;
    quote!(impl #generics #krate::Encode for #name #arguments #bounds)
}

/// `impl<'de: 'a, 'a, …> Decode<'de> for Type<'a, …> where …`, and the name of that lifetime.
pub(crate) fn decode_head(input: &DeriveInput, container: &Container) -> (TokenStream, Lifetime) {
    let krate = &container.krate;
    let de = Lifetime::new("'__de", proc_macro2::Span::call_site());
    let mut generics = input.generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#krate::Decode<#de>));
    }
    let mut param = LifetimeParam::new(de.clone());
    // What borrows from the bytes lives no longer than they do.
    param
        .bounds
        .extend(input.generics.lifetimes().map(|own| own.lifetime.clone()));
    generics.params.insert(0, GenericParam::Lifetime(param));
    let (generics, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = input.generics.split_for_impl();
    let name = input.ident.to_token_stream();
    (
        quote!(impl #generics #krate::Decode<#de> for #name #arguments #bounds),
        de,
    )
}
