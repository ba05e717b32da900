//! The `#[gob(…)]` attributes.

use proc_macro2::Span;
use syn::{Attribute, LitStr, Path, Result, Token};

/// What stands on a struct or enum.
pub(crate) struct Container {
    pub(crate) type_name: Option<String>,
    /// Where the `gob` crate is, when it is not `::gob`.
    pub(crate) krate: Path,
}

/// What stands on a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) name: Option<String>,
    pub(crate) skip: bool,
}

/// What stands on a variant.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) name: Option<String>,
    pub(crate) last: Option<String>,
    pub(crate) nil: bool,
    pub(crate) other: bool,
}

/// Calls `each` for every item of every `#[gob(…)]`; it says whether it knows the item.
fn items(
    attributes: &[Attribute],
    mut each: impl FnMut(&str, &syn::meta::ParseNestedMeta<'_>) -> Result<bool>,
) -> Result<()> {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("gob"))
    {
        attribute.parse_nested_meta(|meta| {
            let name = meta
                .path
                .get_ident()
                .map(ToString::to_string)
                .unwrap_or_default();
            if each(&name, &meta)? {
                Ok(())
            } else {
                Err(meta.error("not an attribute that gob knows here"))
            }
        })?;
    }
    Ok(())
}

fn text(meta: &syn::meta::ParseNestedMeta<'_>) -> Result<String> {
    let text: LitStr = meta.value()?.parse()?;
    if text.value().is_empty() {
        return Err(syn::Error::new(text.span(), "a name is expected"));
    }
    Ok(text.value())
}

impl Container {
    pub(crate) fn new(attributes: &[Attribute]) -> Result<Self> {
        let mut container = Self {
            type_name: None,
            krate: Path {
                leading_colon: Some(Token![::](Span::call_site())),
                segments: [syn::PathSegment::from(syn::Ident::new(
                    "gob",
                    Span::call_site(),
                ))]
                .into_iter()
                .collect(),
            },
        };
        items(attributes, |name, meta| {
            match name {
                "type_name" => container.type_name = Some(text(meta)?),
                "crate" => container.krate = meta.value()?.parse::<LitStr>()?.parse()?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(container)
    }
}

impl Field {
    pub(crate) fn new(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self::default();
        items(attributes, |name, meta| {
            match name {
                "name" => field.name = Some(text(meta)?),
                "skip" => field.skip = true,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(field)
    }
}

impl Variant {
    pub(crate) fn new(attributes: &[Attribute]) -> Result<Self> {
        let mut variant = Self::default();
        items(attributes, |name, meta| {
            match name {
                "name" => variant.name = Some(text(meta)?),
                "last" => variant.last = Some(text(meta)?),
                "nil" => variant.nil = true,
                "other" => variant.other = true,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(variant)
    }
}

/// `api_mux_id` as `ApiMuxId`.
pub(crate) fn pascal_case(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars))
                .into_iter()
                .flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::pascal_case;

    #[test]
    fn names_become_gos() {
        assert_eq!(pascal_case("api_mux_id"), "ApiMuxId");
        assert_eq!(pascal_case("a"), "A");
        assert_eq!(pascal_case("_private_"), "Private");
        assert_eq!(pascal_case("ip_address"), "IpAddress");
        assert_eq!(pascal_case("x1_y2"), "X1Y2");
    }
}
