/** One of two Workers that increment one counter in D1 500 times each; responds with the number of conflicts. */
import { besideAnother, type FetchHandler } from "../../support/beside-another.ts";
import { increment } from "../shared/increment.ts";

const worker: FetchHandler = besideAnother((store) => increment(store, 500));

export default worker;
