import { expect, test } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { field, form, profile } from "./profile.ts";
import { ManualClock } from "./support-wire.ts";
import { one, open } from "./support.ts";

test("a patch while a field is being typed in keeps the draft, the focus and the caret", async () => {
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

test("an edit that is not sent yet survives patches and snapshots after the field was left", async () => {
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
  "who selects a field whole, which holds %j, replaces what comes before the first key",
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

test("an edit that was taken back by typing is no edit any more", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Adam");
  await userEvent.fill(field("name"), "Ada");
  await userEvent.click(field("city"));
  server.change("User:u", { name: "Grace" });
  await expect.poll(() => field("name").value).toBe("Grace");
});

test("resetting the form goes back to the state", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Adam");
  server.change("User:u", { name: "Grace" });
  await userEvent.click(one("[type=reset]"));
  await expect.poll(() => field("name").value).toBe("Grace");
});

test("a reset that the page prevents keeps the draft, whoever prevents it", async () => {
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

test("a composition by an input method is not disturbed by a patch", async () => {
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
