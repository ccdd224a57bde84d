import { expect, test } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { ManualClock } from "./manual-network.ts";
import { field, form, profile } from "./profile.ts";
import { one, open } from "./support.ts";

test("a patch while a person types in a field keeps the draft, the focus and the caret", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Grace");
  field("name").setSelectionRange(1, 3);
  server.change("User:u", { name: "Theirs", city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Grace");
  expect(document.activeElement).toBe(field("name"));
  expect([field("name").selectionStart, field("name").selectionEnd]).toEqual([1, 3]);
});

test("an unsent edit survives patches and snapshots after the person has left the field", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Grace");
  await userEvent.click(field("city"));
  server.change("User:u", { name: "Theirs", city: "Galway" });
  server.snapshot("User:u");
  expect([field("name").value, field("city").value]).toEqual(["Grace", "Galway"]);
});

test("a field that was only focused shows the patch and keeps its caret", async () => {
  const server = profile();
  open(form, server);
  field("name").focus();
  field("name").setSelectionRange(1, 2);
  server.change("User:u", { name: "Adam" });
  await expect.poll(() => field("name").value).toBe("Adam");
  expect([field("name").selectionStart, field("name").selectionEnd]).toEqual([1, 2]);
});

test.each(["Ada", ""])(
  "typing in a field that is selected whole and holds %j replaces what a patch put there",
  async (name) => {
    const server = profile();
    open(form, server);
    server.change("User:u", { name });
    await expect.poll(() => field("name").value).toBe(name);
    field("name").focus();
    field("name").select();
    server.change("User:u", { name: "Theirs" });
    await expect.poll(() => field("name").value).toBe("Theirs");
    await userEvent.keyboard("Grace");
    expect(field("name").value).toBe("Grace");
  },
);

test("an edit that was undone by typing no longer counts as one", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Adam");
  await userEvent.fill(field("name"), "Ada");
  await userEvent.click(field("city"));
  server.change("User:u", { name: "Grace" });
  await expect.poll(() => field("name").value).toBe("Grace");
});

test("resetting a form shows the state again", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Adam");
  server.change("User:u", { name: "Grace" });
  await userEvent.click(one("[type=reset]"));
  await expect.poll(() => field("name").value).toBe("Grace");
});

test("a reset that a listener prevents, wherever it listens, keeps the draft", async () => {
  const clock = new ManualClock();
  open(form, profile(), { clock });
  await userEvent.fill(field("name"), "Grace");
  for (const target of [one("form"), window]) {
    target.addEventListener("reset", (event) => event.preventDefault(), { once: true });
    await userEvent.click(one("[type=reset]"));
    await clock.fire();
    expect(field("name").value).toBe("Grace");
  }
  await userEvent.click(one("[type=reset]"));
  await clock.fire();
  expect(field("name").value).toBe("Ada");
});

test("a patch does not disturb the composition of an input method", async () => {
  const server = profile();
  open(form, server);
  field("name").focus();
  field("name").setSelectionRange(3, 3);
  const ended: string[] = [];
  field("name").addEventListener("compositionend", ({ data }) => ended.push(data));
  await cdp().send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  server.change("User:u", { name: "Theirs", city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  await cdp().send("Input.imeSetComposition", { text: "日本", selectionStart: 2, selectionEnd: 2 });
  await cdp().send("Input.insertText", { text: "日本" });
  expect(field("name").value).toBe("Ada日本");
  expect(ended).toEqual(["日本"]);
});
