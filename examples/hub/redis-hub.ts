import { channelHub, type ClosableHub } from "rian/edge";

/** The part of a client of Redis (the package `redis`) that the hub uses. */
export interface RedisClient {
  publish(channel: string, text: string): Promise<unknown>;
  subscribe(channel: string, listener: (text: string) => void): Promise<unknown>;
  duplicate(): RedisClient;
  connect(): Promise<unknown>;
  on(event: "ready" | "error", listener: (error?: unknown) => void): unknown;
  destroy(): void;
}

/** Makes a hub of Redis. The client stays open. */
export function redisHub(client: RedisClient, channel = "rian"): ClosableHub {
  return channelHub({
    send: (text) => client.publish(channel, text),
    async listen(receive, missed) {
      // A connection of Redis that subscribes does nothing else.
      const subscriber = client.duplicate();
      subscriber.on("error", console.error);
      await subscriber.connect();
      await subscriber.subscribe(channel, receive);
      // It is ready again after each time that it was cut off.
      subscriber.on("ready", missed);
      return () => subscriber.destroy();
    },
  });
}
