//! Teams, channels and who is in them.

use go_plugin::rpc::Call;
use gob::Gob;

use super::{
    Api, Served,
    errors::WithError,
    method,
    model::{Channel, Member, Team},
    people::{Text, TwoTexts},
};
use crate::world::AppError;

#[derive(Gob)]
struct ChannelByNameArgs {
    a: String,
    b: String,
    c: bool,
}

pub(super) fn call<'c, 'a>(api: &Api, call: Call<'c, 'a>) -> Served<'c, 'a> {
    match method(&call) {
        "GetTeam" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            api.world.team(&args.a).map(|team| Some(Team::from(team)))
        }),
        "GetTeamByName" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            api.world
                .team_by_name(&args.a)
                .map(|team| Some(Team::from(team)))
        }),
        "GetChannel" => api.answer::<_, _, WithError<_>>(call, |api, args: Text| {
            api.world
                .channel(&args.a)
                .map(|channel| Some(Channel::from(channel)))
        }),
        "GetChannelByName" => {
            api.answer::<_, _, WithError<_>>(call, |api, args: ChannelByNameArgs| {
                api.world
                    .channel_by_name(&args.a, &args.b)
                    .map(|channel| Some(Channel::from(channel)))
            });
        }
        "GetDirectChannel" => api.answer::<_, _, WithError<_>>(call, |api, args: TwoTexts| {
            api.world
                .direct_channel(&args.a, &args.b)
                .map(|channel| Some(Channel::from(channel)))
        }),
        "GetChannelMember" => api.answer::<_, _, WithError<_>>(call, |api, args: TwoTexts| {
            if !api.world.is_member(&args.a, &args.b) {
                let id = "app.channel.get_member.missing.app_error";
                return Err(AppError::missing(
                    "GetChannelMember",
                    id,
                    "No channel member found for that user ID and channel ID.",
                ));
            }
            Ok(Some(Member {
                channel_id: args.a,
                ..member(api, args.b, "channel")
            }))
        }),
        "GetTeamMember" => api.answer::<_, _, WithError<_>>(call, |api, args: TwoTexts| {
            if !api.world.is_team_member(&args.a, &args.b) {
                let id = "app.team.get_member.missing.app_error";
                return Err(AppError::missing(
                    "GetTeamMember",
                    id,
                    "No team member found for that user ID and team ID.",
                ));
            }
            Ok(Some(Member {
                team_id: args.a,
                ..member(api, args.b, "team")
            }))
        }),
        _ => return Err(call),
    }
    Ok(())
}

fn member(api: &Api, user_id: String, of: &str) -> Member {
    let user = api.world.user(&user_id).unwrap_or_default();
    let guest = user.has_role("system_guest");
    let admin = user.is_admin();
    let role = if guest { "guest" } else { "user" };
    Member {
        user_id,
        roles: format!("{of}_{role}"),
        scheme_guest: guest,
        scheme_user: !guest,
        scheme_admin: admin,
        ..Member::default()
    }
}
