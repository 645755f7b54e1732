/** What the server says of itself, and how people come in. */

import assert from "node:assert/strict";
import { eventually } from "./stage.js";

export const server = {
  async the_server_introduces_itself(stage) {
    const mia = stage.person("mia");
    const [old, now] = [await mia.v1.instance.fetch(), await mia.v2.instance.fetch()];
    assert.equal(now.domain, old.uri);
    assert.equal(new URL(stage.url).host, now.domain);
    assert.ok(now.configuration.statuses.maxCharacters >= 500);
  },

  async the_server_puts_things_in_writing(stage) {
    const { instance, customEmojis } = stage.person("mia").v1;
    assert.equal((await instance.activity.list()).length, 12);
    assert.ok(Array.isArray(await instance.peers.list()));
    assert.equal(typeof (await instance.extendedDescription.fetch()).content, "string");
    assert.ok((await instance.languages.list()).some((language) => language.code === "de"));
    assert.deepEqual(await instance.translationLanguages.list(), {});
    assert.deepEqual(await instance.domainBlocks.fetch(), []);
    assert.deepEqual(await customEmojis.list(), []);
  },

  async an_announcement_is_put_away(stage) {
    const { announcements } = stage.person("mia").v1;
    const find = async () => (await announcements.list()).find((each) => each.content.includes("Cake at four"));
    const { id } = await eventually(find);
    await announcements.$select(id).dismiss();
    assert.ok((await find())?.read ?? true);
  },

  async an_app_lets_somebody_join(stage) {
    const scopes = "read write";
    const fields = { clientName: "masto", redirectUris: "urn:ietf:wg:oauth:2.0:oob", scopes };
    const app = await stage.person("nobody").v1.apps.create(fields);
    const { clientId, clientSecret } = app;
    const asked = { grantType: "client_credentials", clientId, clientSecret, scope: scopes, redirectUri: fields.redirectUris };
    const token = await stage.oauth().token.create(asked);
    const door = stage.bearer(token.accessToken);
    assert.equal((await door.v1.apps.verifyCredentials()).name, "masto");
    const wanted = { username: "mara", email: "mara@mail.example", password: "a long enough one" };
    const joined = await door.v1.accounts.create({ ...wanted, agreement: true, locale: "en" });
    const mara = stage.bearer(joined.accessToken);
    assert.equal((await mara.v1.accounts.verifyCredentials()).username, "mara");
    await stage.oauth().revoke({ clientId, clientSecret, token: joined.accessToken });
    await assert.rejects(eventually(() => mara.v1.accounts.verifyCredentials().then(() => false)), { statusCode: 401 });
  },
};
