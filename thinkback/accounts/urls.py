"""Addresses of `accounts`. Of allauth's pages only those that this site uses."""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.urls import URLPattern, path, re_path

from thinkback.accounts import account_views, again, entrance, json_views, people_views, token_views

urlpatterns: list[URLPattern] = [
    # The door
    path("accounts/login/", entrance.Login.as_view(), name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/signup/", entrance.Signup.as_view(), name="account_signup"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", allauth_views.password_change, name="account_change_password"),
    path("accounts/password/set/", allauth_views.password_set, name="account_set_password"),
    path("accounts/password/reset/", entrance.PasswordReset.as_view(), name="account_reset_password"),
    path("accounts/password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/session", again.session, name="account_session"),
    path("accounts/signed-in", again.signed_in, name="account_signed_in"),
    # Settings
    path("settings/account", account_views.settings_account, name="settings_account"),
    path("settings/account/limits", account_views.set_limits, name="set_limits"),
    path("settings/account/origins", account_views.add_origin, name="add_origin"),
    path("settings/account/origins/<int:origin_id>/remove", account_views.remove_origin, name="remove_origin"),
    path("settings/account/sessions/end", account_views.end_sessions, name="end_sessions"),
    path("settings/people", people_views.settings_people, name="settings_people"),
    path("settings/people/<int:user_id>", people_views.settings_person, name="settings_person"),
    path("settings/tokens", token_views.settings_tokens, name="settings_tokens"),
    path("settings/tokens/<int:token_id>/revoke", token_views.revoke_token, name="revoke_token"),
    path("settings/tokens/<int:token_id>/keep", token_views.keep_token, name="keep_token"),
    # JSON
    path("api/tokens", json_views.tokens_api, name="tokens_api"),
    path("api/tokens/<int:token_id>", json_views.token_api, name="token_api"),
    path("api/audit", json_views.audit_api, name="audit_api"),
]
