// The words of the page of a run, in the language that all pages speak.

import chinese from "./run_chinese.js";
import english from "./run_english.js";
import { language } from "./texts.js";

export const words = language === "zh" ? chinese : english;
