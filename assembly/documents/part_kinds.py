"""Short words for the kinds of parts, in the order in which papers count them."""

from documents.words import Words

KINDS: dict[str, Words] = {
    "compute": Words("計算", "Compute"),
    "switch": Words("スイッチ", "Switch"),
    "shelf": Words("電源シェルフ", "Power shelf"),
    "cartridge": Words("カートリッジ", "Cartridge"),
    "manifold": Words("マニホールド", "Manifold"),
    "bus_bar": Words("バスバー", "Bus bar"),
    "mgmt": Words("管理スイッチ", "Mgmt switch"),
    "superchip": Words("スーパーチップ", "Superchip"),
    "gpu": Words("GPU", "GPU"),
    "cpu": Words("CPU", "CPU"),
    "nvswitch": Words("NVSwitch", "NVSwitch"),
    "io_board": Words("IO基板", "IO board"),
    "dpu": Words("DPU", "DPU"),
    "bmc": Words("BMC", "BMC"),
    "hmc": Words("HMC", "HMC"),
    "pdb": Words("配電基板", "PDB"),
    "loop": Words("コールドプレート", "Cold plate"),
    "e1s": Words("E1.S", "E1.S"),
    "m2": Words("M.2", "M.2"),
    "psu": Words("PSU", "PSU"),
    "pmc": Words("PMC", "PMC"),
}


def kind_words(kind: str) -> Words:
    """The word of a kind; one without a word is shown as it is, never dropped."""
    return KINDS.get(kind) or Words(kind, kind)


def place_of(kind: str) -> tuple[int, str]:
    """Sorts kinds as the table does, unknown ones behind."""
    return (list(KINDS).index(kind) if kind in KINDS else len(KINDS), kind)
