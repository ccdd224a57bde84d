import { testWrongOptions } from "./wrong-options.ts";

testWrongOptions();
