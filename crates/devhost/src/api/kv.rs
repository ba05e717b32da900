//! What the plugin keeps.

use go_plugin::rpc::Call;
use gob::Gob;

use super::{
    Api, Served,
    errors::{ErrorAlone, WithError},
    method,
    model::KvSetOptions,
    people::Text,
};
use crate::world::SetOptions;

#[derive(Gob)]
struct SetArgs {
    a: String,
    b: Vec<u8>,
    c: KvSetOptions,
}

#[derive(Gob)]
struct ListArgs {
    a: i64,
    b: i64,
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        "KVGet" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            Ok(api.world.kv_get(&api.plugin, &args.a).unwrap_or_default())
        }),
        "KVSetWithOptions" => api.answer::<_, _, WithError<_>>(call, |api, args: SetArgs| {
            // gob does not tell an empty value from none, and none deletes.
            let value = (!args.b.is_empty()).then_some(args.b);
            api.world
                .kv_set(&api.plugin, &args.a, value, &args.c.into())
        }),
        "KVDelete" => api.answer::<_, _, ErrorAlone>(call, |api, args: Text| {
            api.world
                .kv_set(&api.plugin, &args.a, None, &SetOptions::default())
                .map(drop)
        }),
        "KVDeleteAll" => api.answer::<_, _, ErrorAlone>(call, |api, (): ()| {
            api.world.kv_clear(&api.plugin);
            Ok(())
        }),
        "KVList" => api.answer::<_, _, WithError<_>>(call, |api, args: ListArgs| {
            let (page, per_page) = (
                args.a.try_into().unwrap_or(0),
                args.b.try_into().unwrap_or(0),
            );
            Ok(api.world.kv_list(&api.plugin, page, per_page))
        }),
        _ => return Err(call),
    }
    Ok(())
}
