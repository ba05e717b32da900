package host

import (
	"encoding/json"

	"switchboard.test/go/model"
)

// ensureBot answers the id of the bot with this name, making it first when there is none.
func (w *World) ensureBot(bot *model.Bot) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if id := w.names[bot.Username]; id != "" {
		return id
	}
	u := &model.User{Id: w.newID(), Username: bot.Username, FirstName: bot.DisplayName, Email: bot.Username + "@localhost",
		IsBot: true, BotDescription: bot.Description, Roles: "system_user", CreateAt: now()}
	w.addUser(u)
	return u.Id
}

// setCustomStatus stores the status in the user's props, and its text among the five recent ones, as the server does.
func (w *World) setCustomStatus(u *model.User, status *model.CustomStatus) {
	props := model.StringMap{}
	for k, v := range u.Props {
		props[k] = v
	}
	if status == nil {
		delete(props, "customStatus")
		u.Props = props
		return
	}
	text, err := json.Marshal(status)
	if err != nil {
		panic(err) // plain fields only
	}
	props["customStatus"] = string(text)
	u.Props = props
	recent := []model.CustomStatus{*status}
	for _, p := range w.prefs[u.Id] {
		if p.Category == "custom_status" && p.Name == "recent_custom_statuses" {
			var old []model.CustomStatus
			if json.Unmarshal([]byte(p.Value), &old) == nil {
				for _, o := range old {
					if o.Text != status.Text && len(recent) < 5 {
						recent = append(recent, o)
					}
				}
			}
		}
	}
	value, err := json.Marshal(recent)
	if err != nil {
		panic(err) // plain fields only
	}
	w.setPreference(model.Preference{UserId: u.Id, Category: "custom_status", Name: "recent_custom_statuses", Value: string(value)})
}

func (w *World) setPreference(p model.Preference) {
	list := w.prefs[p.UserId]
	for i := range list {
		if list[i].Category == p.Category && list[i].Name == p.Name {
			list[i] = p
			return
		}
	}
	w.prefs[p.UserId] = append(list, p)
}

// Status answers a person's status.
func (w *World) Status(userID string) model.Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st := w.statuses[userID]; st != nil {
		return *st
	}
	return model.Status{}
}

// ProfileImage answers the picture that was set for a person.
func (w *World) ProfileImage(userID string) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.images[userID]
}
