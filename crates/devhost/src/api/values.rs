//! JSON values as Go's interface values, and back.

use gob::{MapEntries, Value};
use serde_json::{Map, Value as Json};

/// Go's `map[string]interface{}`.
pub(super) type GoMap = MapEntries<String, Value>;

/// What has no value in Go's gob (`null`) is left out.
pub(super) fn to_go(object: Map<String, Json>) -> GoMap {
    object
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key, go(value)))
        .collect()
}

fn go(value: Json) -> Value {
    match value {
        Json::Null => Value::Nil,
        Json::Bool(b) => b.into(),
        Json::Number(n) => n
            .as_i64()
            .map_or_else(|| n.as_f64().unwrap_or_default().into(), Value::from),
        Json::String(s) => s.into(),
        Json::Array(items) => Value::Slice(
            items
                .into_iter()
                .filter(|item| !item.is_null())
                .map(go)
                .collect(),
        ),
        Json::Object(object) => {
            let entries = object.into_iter().filter(|(_, value)| !value.is_null());
            Value::Map(
                entries
                    .map(|(key, value)| (key.into(), go(value)))
                    .collect(),
            )
        }
    }
}

pub(super) fn from_go(map: GoMap) -> Map<String, Json> {
    map.into_iter()
        .map(|(key, value)| (key, json(&value)))
        .collect()
}

pub(super) fn json(value: &Value) -> Json {
    match value.inner() {
        Value::Bool(b) => (*b).into(),
        Value::Int(i) => (*i).into(),
        Value::Uint(u) => (*u).into(),
        Value::Float(f) => (*f).into(),
        Value::String(s) => s.as_str().into(),
        Value::Bytes(bytes) => bytes.as_slice().into(),
        Value::Slice(items) | Value::Array(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), json(value))));
            Json::Object(entries.collect())
        }
        Value::Struct(s) => Json::Object(
            s.fields
                .iter()
                .map(|(name, value)| (name.clone(), json(value)))
                .collect(),
        ),
        Value::Nil | Value::Complex(_) | Value::Opaque(_) | Value::Interface(_) => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_survives_the_way_there_and_back() {
        let object = serde_json::json!({
            "b": true, "i": -7, "f": 1.5, "s": "text", "list": [1, "two", [3]], "map": {"k": {"deep": false}},
        });
        let Json::Object(object) = object else {
            unreachable!("it is an object")
        };
        let mut bytes = Vec::new();
        gob::Encoder::new()
            .encode(&to_go(object.clone()), &mut bytes)
            .unwrap();
        let back: GoMap = gob::Decoder::new()
            .decode(&mut &bytes[..])
            .unwrap()
            .unwrap();
        assert_eq!(from_go(back), object);
    }
}
