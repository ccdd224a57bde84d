// A Worker that sends events to the one of cancelled-worker.ts, and leaves before they are answered. It is a Worker since
// the local runtime cancels requests that come from another Worker, and no others.

interface Env {
  readonly EVENTS: { fetch(url: string, init?: RequestInit): Promise<Response> };
}

export default {
  async fetch(request: Request, { EVENTS }: Env): Promise<Response> {
    const { hanging, waiting, next } = await request.json() as Record<string, object>;
    const sender = new AbortController();

    function post(message: object | undefined, init: RequestInit = {}): Promise<Response> {
      const body = JSON.stringify(message);
      const headers = { "content-type": "application/json" };
      return EVENTS.fetch("http://events.test/bare", { ...init, method: "POST", headers, body });
    }
    async function arrived(count: number): Promise<void> {
      for (;;) {
        const notes = await (await EVENTS.fetch("http://events.test/notes")).json();
        if ((notes as { arrived: number }).arrived >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    async function leave(answer: Promise<Response>): Promise<string> {
      return await answer.then(() => "answered", (error: Error) => error.name);
    }

    const { arrived: before } = await (await EVENTS.fetch("http://events.test/notes"))
      .json() as { arrived: number };
    const left = [leave(post(hanging, { signal: sender.signal }))];
    await arrived(before + 1);
    left.push(leave(post(waiting, { signal: sender.signal })));
    await arrived(before + 2);
    const began = Date.now();
    const answer = post(next);
    await arrived(before + 3);
    sender.abort();
    const senders = await Promise.all(left);
    const patches = await (await answer).json();
    return Response.json({ senders, patches, took: Date.now() - began });
  },
};
