// Beside an open section the list needs no page of its own.
if (matchMedia("(min-width: 768px)").matches) location.replace("/settings/account");
