// Compares what a scanner sends with what the code holds, and shows the sentence that fits (all are in the page).
import { listen } from "./wedge.js";

const form = document.querySelector("[data-setup-form]");
const steps = [...document.querySelectorAll("[data-step]")];
const FINE = ["enter", "tab", "pause", "right"];
// What the signs of the second code become when scanner and computer disagree; some keys give nothing at all.
const US_ON_JIS = { ":": "+", "=": "^", _: "=", "@": '"', "[": "@", "]": "[" };
const JIS_ON_US = { ":": "'", "=": "_", _: "", "@": "[", "[": "]", "]": "\\" };

const narrow = (text) => text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
const mixed = (text, map) => [...text].map((sign) => map[sign] ?? sign).join("");
const bare = (text) => text.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
const shown = (text) => text.replace(/[\u0000-\u001f]/g, (sign) => String.fromCharCode(0x2400 + sign.charCodeAt(0)));

const JUDGES = {
  ending: (came, wanted, end) => (came === wanted ? end : "broken"),
  layout(came, wanted) {
    if (came === wanted) return "right";
    if (narrow(came) === wanted) return "wide";
    if (came === mixed(wanted, US_ON_JIS)) return "us_on_jis";
    return came.replaceAll("\\", "") === mixed(wanted, JIS_ON_US).replaceAll("\\", "") ? "jis_on_us" : "broken";
  },
  case(came, wanted) {
    if (came === wanted) return "right";
    if (came === came.toUpperCase() && came === wanted.toUpperCase()) return "large";
    return came.toUpperCase() === wanted.toUpperCase() ? "swapped" : "broken";
  },
  separators(came, wanted) {
    if (came.replace(/\u0004$/, "") === wanted.replace(/\u0004$/, "")) return "right";
    if (!bare(came).includes("GP4S12")) return bare(came).includes("GP4") && bare(came).includes("S12") ? "other" : "broken";
    return /[\u001d\u001e]/.test(came) || /GP4[^0-9A-Za-z]+S12/.test(came) ? "other" : "lost";
  },
};

// Which code it was: letters and digits survive every wrong setting but the case.
function stepOf(text) {
  const number = /GP([1-4])/.exec(bare(narrow(text)))?.[1];
  return steps[Number(number) - 1] ?? steps.find((step) => !FINE.includes(step.dataset.found));
}

function read(text, end) {
  const step = stepOf(text);
  if (!step) return;
  const found = JUDGES[step.dataset.step](text, JSON.parse(step.dataset.expected), end);
  step.dataset.found = found;
  for (const verdict of step.querySelectorAll("[data-verdict]")) verdict.hidden = verdict.dataset.verdict !== found;
  step.querySelector("[data-came]").textContent = shown(text);
  step.querySelector(".came").hidden = false;
  step.scrollIntoView({ block: "nearest" });
  document.querySelector("[data-all-right]").hidden = !steps.every((one) => FINE.includes(one.dataset.found));
}

if (form) listen(form.querySelector("[data-scan]"), { scan: read, ime: (on) => { document.getElementById("floor-ime").hidden = !on; } });
