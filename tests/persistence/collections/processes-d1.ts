/** One of two Workers that share a D1; responds with the number of conflicts. */
import { besideAnother, type FetchHandler } from "../../support/beside-another.ts";
import { share } from "./processes-share.ts";

const worker: FetchHandler = besideAnother((store, isFirst) =>
  share(store, isFirst ? "first" : "second")
);

export default worker;
