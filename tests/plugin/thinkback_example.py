from providers import Field, OpenAIFormat


class Example(OpenAIFormat):
    """OpenAI's format, but for the header of the key and a project."""

    kind = "example"
    label = "Example AI"
    base_url = "https://api.example.ai/v1"
    key_url = "https://example.ai/keys"
    key_prefixes = ("exai-",)
    price_id = "openai"  # whose models it sells; an id of genai-prices

    def fields(self):
        return (*super().fields(), Field("project", "Project", help="Only for keys of several projects."))

    def key_headers(self, key):
        return {"x-api-key": key}

    def headers(self, target):
        project = target.options.get("project")
        return super().headers(target) | ({"x-project": project} if project else {})
