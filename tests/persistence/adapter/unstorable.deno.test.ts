import { testUnstorable } from "./unstorable.ts";

testUnstorable();
