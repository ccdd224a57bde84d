/** One of two Workers that increment one counter in D1 500 times each; answers how many conflicts there were. */
import { besideAnother, type FetchHandler } from "../../support/beside-another.ts";
import { increment } from "../shared/increment.ts";

const worker: FetchHandler = besideAnother((store) => increment(store, 500));

export default worker;
