"""How the site is served: what every request passes on its way in and out, and what runs beside them."""
