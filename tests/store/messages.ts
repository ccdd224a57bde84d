import { type Collection, Ramify, type Schema } from "../../src/store/mod.ts";

/** A message of a channel. */
export interface Message {
  id: number;
  channelId: string;
  createdAt: Date;
  text: string;
  score: number;
}

/** Opens a collection of a hundred messages in four channels. */
export function messageStore(): Collection<Message, number> {
  const { messages } = new Ramify().createStore<{ messages: Schema<Message, "id"> }>({
    messages: {
      primaryKey: "id",
      indexes: ["channelId"],
      ordered: ["createdAt", "text", ["channelId", "createdAt"]],
    },
  });
  messages.bulkAdd(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      channelId: "c" + id % 4,
      createdAt: new Date((id * 37) % 100),
      text: ["alpha", "beta", "alphabet", "Alp", "", "al"][id % 6]!,
      score: id % 10,
    })),
  );
  return messages;
}
