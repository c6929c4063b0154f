// The camera as a scanner, where the browser reads bar codes by itself (BarcodeDetector); elsewhere its button stays hidden.
const KINDS = ["qr_code", "data_matrix", "code_128", "code_39", "ean_13"];
const TURN = 150; // ms between two looks

export async function offer(button, dialog, read) {
  if (!button || !dialog || !("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
  const formats = KINDS.filter((kind) => known.includes(kind));
  if (formats.length === 0) return;
  button.hidden = false;
  button.addEventListener("click", () => look(new BarcodeDetector({ formats }), dialog, read));
}

async function look(detector, dialog, read) {
  const video = dialog.querySelector("video");
  const wrong = dialog.querySelector("[data-camera-wrong]");
  wrong.hidden = true;
  dialog.showModal();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch {
    wrong.hidden = false;
    return;
  }
  video.srcObject = stream;
  await video.play().catch(() => {});
  while (dialog.open) {
    const [code] = await detector.detect(video).catch(() => []);
    if (code?.rawValue) { dialog.close(); read(code.rawValue); }
    await new Promise((resolve) => setTimeout(resolve, TURN));
  }
  for (const track of stream.getTracks()) track.stop();
  video.srcObject = null;
}
