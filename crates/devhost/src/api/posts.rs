//! Posts.

use go_plugin::rpc::Call;
use gob::Gob;

use super::{
    Api, Served,
    errors::{Alone, WithError},
    method,
    model::Post,
    people::Text,
};
use crate::world;

#[derive(Gob)]
struct PostArgs {
    a: Option<Post>,
}

#[derive(Gob)]
struct EphemeralArgs {
    a: String,
    b: Option<Post>,
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        "CreatePost" => api.answer::<_, _, WithError<_>>(call, |api, args: PostArgs| {
            let mut post = world::Post::from(args.a.unwrap_or_default());
            // Clients show by these that no person wrote it.
            post.props.insert("from_plugin".into(), "true".into());
            if api.world.user(&post.user_id).is_ok_and(|user| user.is_bot) {
                post.props.insert("from_bot".into(), "true".into());
            }
            api.world
                .create_post(post)
                .map(|post| Some(Post::from(post)))
        }),
        "UpdatePost" => api.answer::<_, _, WithError<_>>(call, |api, args: PostArgs| {
            api.world
                .update_post(&args.a.unwrap_or_default().into())
                .map(|post| Some(Post::from(post)))
        }),
        "GetPost" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            api.world.post(&args.a).map(|post| Some(Post::from(post)))
        }),
        "SendEphemeralPost" => api.answer::<_, _, Alone<_>>(call, |api, args: EphemeralArgs| {
            let post = api
                .world
                .send_ephemeral(&args.a, args.b.unwrap_or_default().into());
            Ok(Some(Post::from(post)))
        }),
        _ => return Err(call),
    }
    Ok(())
}
