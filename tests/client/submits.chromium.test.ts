import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { field, form, profile } from "./profile.ts";
import { one, open } from "./support.ts";

test("a refused submit keeps what was filled in, and an accepted one shows the state", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "bad");
  await userEvent.click(one("form button:not([type])"));
  await expect.poll(() => one("p").textContent).toBe("Not that name");
  expect(field("name").value).toBe("bad");
  server.change("User:u", { name: "Theirs" });
  await userEvent.fill(field("name"), " Good ");
  await userEvent.click(one("form button:not([type])"));
  await expect.poll(() => field("name").value).toBe("Good");
});

test("text that is typed while a submit is under way is the next draft", async () => {
  const server = profile();
  const connection = open(form, server);
  const release = server.holdAnswers();
  const releaseStream = server.holdStream();
  await userEvent.fill(field("name"), "First");
  await userEvent.click(one("form button:not([type])"));
  await userEvent.fill(field("name"), "Second");
  release();
  await expect.poll(() => connection.state("User", "u")?.["name"]).toBe("First");
  releaseStream();
  expect(field("name").value).toBe("Second");
  server.change("User:u", { name: "Theirs", city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Second");
});

test("a form whose submit is under way shows changes of its other fields", async () => {
  const server = profile();
  open(form, server);
  server.holdAnswers();
  await userEvent.fill(field("name"), "Grace");
  await userEvent.click(one("form button:not([type])"));
  server.change("User:u", { city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Grace");
});

test("a submitted field does not show an older value between the answer and the stream's frame", async () => {
  const server = profile();
  open(form, server);
  const releaseStream = server.holdStream();
  server.change("User:u", { city: "Galway" });
  await userEvent.fill(field("name"), "Grace");
  await userEvent.click(one("form button:not([type])"));
  await expect.poll(() => server.sent.length).toBe(1);
  await userEvent.click(field("city"));
  expect([field("name").value, field("city").value]).toEqual(["Grace", "Cork"]);
  releaseStream();
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Grace");
});
