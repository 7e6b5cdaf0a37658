addEventListener("keydown", event => event.key == "Escape" && document.getElementById("preview-problems").close())
