//! Enums: interfaces whose variants are chosen by registered names.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Fields, Ident, Result, Type};

use crate::Wanted;
use crate::attributes::{Container, Variant};
use crate::generics::{decode_head, encode_head};

/// A variant that holds a registered type.
struct Named<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    /// The whole registered name.
    name: Option<String>,
    /// Its last element.
    last: String,
}

struct Variants<'a> {
    named: Vec<Named<'a>>,
    nil: Option<&'a Ident>,
    other: Option<&'a Ident>,
}

pub(crate) fn expand(
    input: &DeriveInput,
    data: &DataEnum,
    container: &Container,
    wanted: Wanted,
) -> Result<TokenStream> {
    let variants = variants(input, data)?;
    let mut code = TokenStream::new();
    if wanted.encode {
        code.extend(encode(input, container, &variants)?);
    }
    if wanted.decode {
        code.extend(decode(input, container, &variants));
    }
    Ok(code)
}

fn variants<'a>(input: &DeriveInput, data: &'a DataEnum) -> Result<Variants<'a>> {
    let mut variants = Variants {
        named: Vec::new(),
        nil: None,
        other: None,
    };
    for variant in &data.variants {
        let ident = &variant.ident;
        let attributes = Variant::new(&variant.attrs)?;
        match &variant.fields {
            Fields::Unit if attributes.nil && variants.nil.is_none() => variants.nil = Some(ident),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 && !attributes.nil => {
                if attributes.other {
                    if variants.other.replace(ident).is_some() {
                        return Err(syn::Error::new_spanned(
                            ident,
                            "there is an `other` already",
                        ));
                    }
                } else {
                    variants.named.push(Named {
                        ident,
                        ty: &fields.unnamed[0].ty,
                        name: attributes.name,
                        last: attributes.last.unwrap_or_else(|| ident.to_string()),
                    });
                }
            }
            _ => {
                return Err(syn::Error::new_spanned(
                    variant,
                    "a variant holds one type, or is the one unit variant with #[gob(nil)]",
                ));
            }
        }
    }
    if variants.nil.is_none() && variants.other.is_none() {
        return Err(syn::Error::new_spanned(
            &input.ident,
            "an interface can be nil: mark a unit variant with #[gob(nil)], or one that holds \
             Interface<Value> with #[gob(other)]",
        ));
    }
    Ok(variants)
}

fn encode(
    input: &DeriveInput,
    container: &Container,
    variants: &Variants<'_>,
) -> Result<TokenStream> {
    let krate = &container.krate;
    let head = encode_head(input, container);
    let mut arms = TokenStream::new();
    for Named { ident, name, .. } in &variants.named {
        let Some(name) = name else {
            return Err(syn::Error::new_spanned(
                ident,
                "to be sent, a variant needs its whole registered name: #[gob(name = \"…\")]",
            ));
        };
        arms.extend(quote!(Self::#ident(value) => w.interface(#name, value),));
    }
    let nil = variants.nil.iter();
    let nil_is_zero = variants.nil.iter();
    let other = variants.other.iter();
    let other_is_zero = variants.other.iter();
    Ok(quote! {
        #[automatically_derived]
        #head {
            fn desc() -> &'static #krate::private::Desc {
                &#krate::private::Desc::Interface
            }
            fn is_zero(&self) -> bool {
                match self {
                    #(Self::#nil_is_zero => true,)*
                    #(Self::#other_is_zero(value) => #krate::Encode::is_zero(value),)*
                    #[allow(unreachable_patterns)]
                    _ => false,
                }
            }
            fn write(&self, w: &mut #krate::Writer<'_>) {
                match self {
                    #(Self::#nil => w.nil_interface(),)*
                    #(Self::#other(value) => #krate::Encode::write(value, w),)*
                    #arms
                }
            }
            fn write_nil(w: &mut #krate::Writer<'_>) {
                w.nil_interface();
            }
        }
    })
}

fn decode(input: &DeriveInput, container: &Container, variants: &Variants<'_>) -> TokenStream {
    let krate = &container.krate;
    let (head, de) = decode_head(input, container);
    let zero = match (variants.nil, variants.other) {
        (Some(nil), _) => quote!(Self::#nil),
        (None, Some(other)) => quote!(Self::#other(#krate::Decode::zero())),
        (None, None) => TokenStream::new(),
    };
    // Whole names come before last elements.
    let (mut whole, mut last) = (TokenStream::new(), TokenStream::new());
    for Named {
        ident,
        ty,
        name,
        last: element,
    } in &variants.named
    {
        let read = quote! {{
            let mut value = <#ty as #krate::Decode<#de>>::zero();
            r.interface_contents(&mut value)?;
            *self = Self::#ident(value);
        }};
        if let Some(name) = name {
            whole.extend(quote!(#name => #read));
        }
        last.extend(quote!(#element => #read));
    }
    let unknown = match variants.other {
        Some(other) => quote! {{
            let mut value = <#krate::Value as #krate::Decode<#de>>::zero();
            let name = ::std::string::String::from(name);
            r.interface_contents(&mut value)?;
            *self = Self::#other(#krate::Interface::new(name, value));
        }},
        None => quote!(return Err(#krate::private::unknown_name(name))),
    };
    quote! {
        #[automatically_derived]
        #head {
            fn desc() -> &'static #krate::private::Desc {
                &#krate::private::Desc::Interface
            }
            fn zero() -> Self {
                #zero
            }
            fn read(
                &mut self,
                r: &mut #krate::Reader<'_, #de>,
                _: #krate::private::Node,
            ) -> ::core::result::Result<(), #krate::DecodeError> {
                match r.interface_name()? {
                    None => *self = Self::zero(),
                    Some(name) => match name {
                        #whole
                        _ => match #krate::last_element(name) {
                            #last
                            _ => #unknown,
                        },
                    },
                }
                Ok(())
            }
            fn read_option(
                slot: &mut Option<Self>,
                r: &mut #krate::Reader<'_, #de>,
                node: #krate::private::Node,
            ) -> ::core::result::Result<(), #krate::DecodeError> {
                // One byte says that the interface is nil.
                if r.at_nil_interface() {
                    *slot = None;
                    r.skip(node)
                } else {
                    slot.insert(Self::zero()).read(r, node)
                }
            }
        }
    }
}
