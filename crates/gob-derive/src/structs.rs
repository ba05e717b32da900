//! Structs: a static description, and code for each field.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DataStruct, DeriveInput, Fields, Index, Member, Result, Type};

use crate::Wanted;
use crate::attributes::{Container, Field, pascal_case};
use crate::generics::{decode_head, encode_head};

/// A field that travels.
struct Sent<'a> {
    member: Member,
    name: String,
    ty: &'a Type,
}

pub(crate) fn expand(
    input: &DeriveInput,
    data: &DataStruct,
    container: &Container,
    wanted: Wanted,
) -> Result<TokenStream> {
    let (mut sent, mut skipped) = (Vec::new(), Vec::new());
    match &data.fields {
        Fields::Named(fields) => {
            for field in &fields.named {
                let attributes = Field::new(&field.attrs)?;
                let Some(ident) = &field.ident else { continue };
                if attributes.skip {
                    skipped.push(ident);
                    continue;
                }
                let own = ident.to_string();
                let name = attributes
                    .name
                    .unwrap_or_else(|| pascal_case(own.trim_start_matches("r#")));
                if sent.iter().any(|sent: &Sent<'_>| sent.name == name) {
                    return Err(syn::Error::new_spanned(
                        ident,
                        format!("there is a field {name} already"),
                    ));
                }
                sent.push(Sent {
                    member: Member::Named(ident.clone()),
                    name,
                    ty: &field.ty,
                });
            }
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let mut code = TokenStream::new();
            if wanted.encode {
                code.extend(transparent_encode(input, container, &fields.unnamed[0].ty));
            }
            if wanted.decode {
                code.extend(transparent_decode(input, container, &fields.unnamed[0].ty));
            }
            return Ok(code);
        }
        Fields::Unnamed(fields) => {
            return Err(syn::Error::new_spanned(fields, "gob's fields have names"));
        }
        Fields::Unit => {}
    }
    let mut code = TokenStream::new();
    if wanted.encode {
        code.extend(encode(input, container, &sent));
    }
    if wanted.decode {
        code.extend(decode(input, container, &sent, &skipped));
    }
    Ok(code)
}

/// The body of `desc`.
fn desc(
    input: &DeriveInput,
    container: &Container,
    sent: &[Sent<'_>],
    as_trait: &TokenStream,
) -> TokenStream {
    let krate = &container.krate;
    let type_name = container
        .type_name
        .clone()
        .unwrap_or_else(|| input.ident.to_string());
    let names = sent.iter().map(|field| &field.name);
    let types = sent.iter().map(|field| field.ty);
    quote! {
        fn desc() -> &'static #krate::private::Desc {
            const {
                &#krate::private::Desc::Struct(#krate::private::StructDesc {
                    name: #type_name,
                    fields: &[#(#krate::private::FieldDesc {
                        name: #names,
                        desc: <#types as #as_trait>::desc,
                    }),*],
                })
            }
        }
    }
}

fn encode(input: &DeriveInput, container: &Container, sent: &[Sent<'_>]) -> TokenStream {
    let krate = &container.krate;
    let head = encode_head(input, container);
    let desc = desc(input, container, sent, &quote!(#krate::Encode));
    let members = sent.iter().map(|field| &field.member);
    let numbers = 1..=sent.len() as u64;
    quote! {
        #[automatically_derived]
        #head {
            #desc
            #[inline]
            fn is_zero(&self) -> bool {
                false
            }
            fn write(&self, w: &mut #krate::Writer<'_>) {
                if let Some(mut fields) = w.begin_struct() {
                    let _ = &mut fields;
                    #(w.field(&mut fields, #numbers, &self.#members);)*
                    w.end_struct();
                }
            }
        }
    }
}

fn decode(
    input: &DeriveInput,
    container: &Container,
    sent: &[Sent<'_>],
    skipped: &[&syn::Ident],
) -> TokenStream {
    let krate = &container.krate;
    let (head, de) = decode_head(input, container);
    let desc = desc(input, container, sent, &quote!(#krate::Decode<#de>));
    let members: Vec<_> = sent.iter().map(|field| &field.member).collect();
    let types = sent.iter().map(|field| field.ty);
    let names = sent.iter().map(|field| &field.name);
    let indices: Vec<_> = (0..sent.len() as u32).collect();
    quote! {
        #[automatically_derived]
        #head {
            #desc
            fn zero() -> Self {
                Self {
                    #(#members: <#types as #krate::Decode<#de>>::zero(),)*
                    #(#skipped: ::core::default::Default::default(),)*
                }
            }
            fn read(
                &mut self,
                r: &mut #krate::Reader<'_, #de>,
                node: #krate::private::Node,
            ) -> ::core::result::Result<(), #krate::DecodeError> {
                let mut fields = r.begin_struct(node)?;
                while let Some((index, node)) = r.next_field(&mut fields)? {
                    let result = match index {
                        #(#indices => #krate::Decode::read(&mut self.#members, r, node),)*
                        _ => r.skip(node),
                    };
                    if let Err(error) = result {
                        const NAMES: &[&str] = &[#(#names),*];
                        return Err(match NAMES.get(index as usize) {
                            Some(name) => error.in_field(name),
                            None => error,
                        });
                    }
                }
                Ok(())
            }
        }
    }
}

/// The one field of a tuple struct.
fn only() -> TokenStream {
    Index::from(0).to_token_stream()
}

fn transparent_encode(input: &DeriveInput, container: &Container, ty: &Type) -> TokenStream {
    let krate = &container.krate;
    let head = encode_head(input, container);
    let (of, only) = (quote!(<#ty as #krate::Encode>), only());
    quote! {
        #[automatically_derived]
        #head {
            fn desc() -> &'static #krate::private::Desc {
                #of::desc()
            }
            #[inline]
            fn is_zero(&self) -> bool {
                #of::is_zero(&self.#only)
            }
            #[inline]
            fn is_zero_behind_pointer(&self) -> bool {
                #of::is_zero_behind_pointer(&self.#only)
            }
            #[inline]
            fn write(&self, w: &mut #krate::Writer<'_>) {
                #of::write(&self.#only, w);
            }
            fn write_nil(w: &mut #krate::Writer<'_>) {
                #of::write_nil(w);
            }
            fn as_dynamic(&self) -> Option<&#krate::Value> {
                #of::as_dynamic(&self.#only)
            }
        }
    }
}

fn transparent_decode(input: &DeriveInput, container: &Container, ty: &Type) -> TokenStream {
    let krate = &container.krate;
    let (head, de) = decode_head(input, container);
    let (of, only) = (quote!(<#ty as #krate::Decode<#de>>), only());
    quote! {
        #[automatically_derived]
        #head {
            fn desc() -> &'static #krate::private::Desc {
                #of::desc()
            }
            #[inline]
            fn zero() -> Self {
                Self(#of::zero())
            }
            #[inline]
            fn read(
                &mut self,
                r: &mut #krate::Reader<'_, #de>,
                node: #krate::private::Node,
            ) -> ::core::result::Result<(), #krate::DecodeError> {
                #of::read(&mut self.#only, r, node)
            }
        }
    }
}
