//! People, their logins, settings and what they may do; bots.

use go_plugin::rpc::Call;
use gob::Gob;

use super::{
    Api, Served,
    errors::{Alone, ErrorAlone, WithAnyError, WithError},
    method,
    model::{Bot, Permission, Preference, Session, User, UserGetOptions},
};
use crate::world::{self, AppError, NewBot, UserFilter};

#[derive(Gob)]
pub(super) struct Text {
    pub(super) a: String,
}

#[derive(Gob)]
pub(super) struct TwoTexts {
    pub(super) a: String,
    pub(super) b: String,
}

#[derive(Gob)]
struct GetUsersArgs {
    a: Option<UserGetOptions>,
}

#[derive(Gob)]
struct BotArgs {
    a: Option<Bot>,
}

#[derive(Gob)]
struct ImageArgs {
    a: String,
    b: Vec<u8>,
}

#[derive(Gob)]
struct PreferencesArgs {
    a: String,
    b: Vec<Preference>,
}

#[derive(Gob)]
struct PermissionArgs {
    a: String,
    b: Option<Permission>,
}

#[derive(Gob)]
struct ChannelPermissionArgs {
    a: String,
    b: String,
    c: Option<Permission>,
}

fn one(user: Result<world::User, AppError>) -> Result<Option<User>, AppError> {
    user.map(|user| Some(user.into()))
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        "GetUser" => {
            api.answer::<_, _, WithError<_>>(call, |api, args: Text| one(api.world.user(&args.a)));
        }
        "GetUserByEmail" => {
            api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
                one(api.world.user_by_mail(&args.a))
            });
        }
        "GetUserByUsername" => {
            api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
                one(api.world.user_by_name(&args.a))
            });
        }
        "GetUsers" => api.answer::<_, _, WithError<_>>(call, |api, args: GetUsersArgs| {
            let options = args.a.unwrap_or_default();
            let filter = UserFilter {
                in_team: options.in_team_id,
                in_channel: options.in_channel_id,
                active: options.active,
                inactive: options.inactive,
                page: options.page.try_into().unwrap_or(0),
                per_page: options.per_page.try_into().unwrap_or(0),
            };
            Ok(api
                .world
                .list_users(&filter)
                .into_iter()
                .map(User::from)
                .collect::<Vec<_>>())
        }),
        "EnsureBotUser" => api.answer::<_, _, WithAnyError<_>>(call, |api, args: BotArgs| {
            api.world.ensure_bot(&api.plugin, &new_bot(args))
        }),
        "CreateBot" => api.answer::<_, _, WithError<_>>(call, |api, args: BotArgs| {
            let bot = new_bot(args);
            let user = api.world.create_bot(&api.plugin, &bot)?;
            Ok(Some(Bot {
                user_id: user.id,
                username: user.username,
                display_name: bot.display_name,
                description: bot.description,
                owner_id: api.plugin.clone(),
            }))
        }),
        "SetProfileImage" => api.answer::<_, _, ErrorAlone>(call, |api, args: ImageArgs| {
            api.world.set_profile_image(&args.a, args.b)
        }),
        "GetSession" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            let session = api.world.session(&args.a)?;
            let roles = api
                .world
                .user(&session.user_id)
                .map(|user| user.roles)
                .unwrap_or_default();
            Ok(Some(Session {
                id: session.id,
                user_id: session.user_id,
                roles,
            }))
        }),
        "GetPreferencesForUser" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            let own = api.world.preferences(&args.a).into_iter();
            Ok(own
                .map(|p| Preference {
                    user_id: p.user_id,
                    category: p.category,
                    name: p.name,
                    value: p.value,
                })
                .collect::<Vec<_>>())
        }),
        "UpdatePreferencesForUser" => {
            api.answer::<_, _, ErrorAlone>(call, |api, args: PreferencesArgs| {
                let new = args.b.into_iter().map(|p| world::Preference {
                    user_id: p.user_id,
                    category: p.category,
                    name: p.name,
                    value: p.value,
                });
                api.world.set_preferences(&args.a, new.collect())
            });
        }
        "HasPermissionTo" => api.answer::<_, _, Alone<bool>>(call, |api, args: PermissionArgs| {
            let Ok(user) = api.world.user(&args.a) else {
                return Ok(false);
            };
            let wanted = args.b.unwrap_or_default().id;
            Ok(user.is_admin()
                || (user.has_role("system_user") && EVERYBODY.contains(&wanted.as_str())))
        }),
        "HasPermissionToChannel" => {
            api.answer::<_, _, Alone<bool>>(call, |api, args: ChannelPermissionArgs| {
                let Ok(user) = api.world.user(&args.a) else {
                    return Ok(false);
                };
                let wanted = args.c.unwrap_or_default().id;
                let member = api.world.is_member(&args.b, &user.id);
                Ok(user.is_admin() || (member && MEMBERS.contains(&wanted.as_str())))
            });
        }
        _ => return Err(call),
    }
    Ok(())
}

/// Permissions that everybody has who is no guest.
const EVERYBODY: &[&str] = &[
    "create_direct_channel",
    "list_public_teams",
    "join_public_teams",
    "view_members",
];

/// Permissions that every member of a channel has there.
const MEMBERS: &[&str] = &[
    "create_post",
    "read_channel",
    "read_channel_content",
    "add_reaction",
    "upload_file",
];

fn new_bot(args: BotArgs) -> NewBot {
    let bot = args.a.unwrap_or_default();
    NewBot {
        username: bot.username,
        display_name: bot.display_name,
        description: bot.description,
    }
}
