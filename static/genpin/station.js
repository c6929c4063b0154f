// A station page besides its scan door: pictures made large without taking the gun away, and tools read one after the other.
// No words are written here: captions come from the page.
const large = document.createElement("div");
large.className = "zoom";
large.hidden = true;
large.append(document.createElement("img"), document.createElement("p"));
document.body.append(large);

function show(link) {
  const small = link.querySelector("img");
  const [image, words] = large.children;
  image.src = link.href;
  image.alt = small.alt;
  words.textContent = small.alt;
  large.classList.remove("near");
  large.hidden = false;
}

function hide() {
  large.hidden = true;
}

// First touch: whole picture; the next: twice as near, where it was touched; then away.
function touched(event) {
  const near = large.classList.contains("near");
  if (near || event.target.tagName !== "IMG") { hide(); return; }
  large.classList.add("near");
  const image = event.target;
  large.scrollTo(
    (event.offsetX / image.clientWidth) * large.scrollWidth - large.clientWidth / 2,
    (event.offsetY / image.clientHeight) * large.scrollHeight - large.clientHeight / 2,
  );
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom]");
  if (link) { event.preventDefault(); show(link); return; }
  if (!large.hidden && large.contains(event.target)) touched(event);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !large.hidden) hide();
});
document.addEventListener("genpin:answered", hide);

// What is read into a tool's field replaces what stood there.
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-tool]")) event.target.select();
});

// The gun ends with Enter: in a tool's field that means "next field", not "send the form".
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-tool]");
  if (!field || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const fields = [...field.form.querySelectorAll("input:not([type=hidden])")];
  (fields.slice(fields.indexOf(field) + 1).find((other) => other.value === "") ?? field.form.querySelector("button")).focus();
});
