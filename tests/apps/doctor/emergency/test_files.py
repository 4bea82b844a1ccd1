from smarthealth.apps.doctor.emergency.files import data_folder, read_toml


def test_the_data_is_in_the_package() -> None:
    """Rules and texts are found wherever it is installed."""
    assert (data_folder() / "rules").is_dir()
    assert read_toml("rules", "heart.toml")["rule"]
