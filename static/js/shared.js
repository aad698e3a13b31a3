// A shared chat: the buttons of its code and tables.
import { startBlocks } from "./chat-blocks.js";

startBlocks(document.querySelector("[data-shared]"));
