// About how many tokens a text is, as the server reckons too (`thinkback/chat/weighing.py`): 4 letters are one token, one character of
// Chinese, Japanese or Korean, 2.5 of any other script. The last answer tells how far the model's own count is from that.
const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/g;
const OTHER = /[^\0-\u024f\u2000-\u206f]/g;

export function tokensIn(text) {
  const cjk = text.match(CJK)?.length ?? 0;
  const other = (text.match(OTHER)?.length ?? 0) - cjk;
  return Math.ceil((text.length - cjk - other) / 4 + cjk + other / 2.5);
}

/** The cost of a call in dollars by the steps of a price list; null where it is unknown. */
export function costOf(prices, input, output) {
  const step = prices?.findLast(({ over }) => input > over);
  return step ? step.call + step.input * input + step.output * output : null;
}

/** "$0.42"; below a cent with two telling digits. */
export function dollars(amount) {
  if (amount === 0) return "$0";
  return amount >= 0.01 ? `$${amount.toFixed(2)}` : `$${amount.toFixed(8).match(/^0\.0*\d{1,2}/)[0]}`;
}
