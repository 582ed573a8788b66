"""What a model that understands the suite's prompts would do: they are the library's and can't hold directives."""

from __future__ import annotations

import json


def calls(name: str, /, **arguments: object) -> str:
    """Directives for a call of this function."""
    return f"call={name} args={json.dumps(json.dumps(arguments))}"


def says(text: object) -> str:
    """Directives for this answer, as JSON where it is no text."""
    return f"text={json.dumps(text if isinstance(text, str) else json.dumps(text))}"


HALF = calls("divide_integers", a=1000, b=2)
BOSTON = calls("get_weather", location="Boston")
WINTER = calls("get_weather_pydantic_model", city_object={"city_name": "Boston"}, is_winter=True)
CITIES = [{"city_name": "Boston"}, {"city_name": "New York"}]
WRITERS = says(
    [{"summary": "Shakespeare wrote", "person": "Shakespeare"}, {"summary": "Hemingway", "person": "Hemingway"}]
)
COUNTRY = {"name": "name", "population": 1, "capital": "", "continent": "", "gdp": 1, "official_language": ""}
COUNTRIES = says([COUNTRY | {"total_area_sq_mi": 1}] * 3)
FIFTY = calls("divide_intergers_with_customized_math_rule", numerator=100, denominator=2)
SQUARE = calls("square_integer", given_integer=3)
PARTY = "call=power_disco_ball,start_music,dim_lights"

# Directives by the test's name; several tests of that name mean the same.
UNDERSTOOD = {
    "test_automatic_function_calling": HALF,
    "test_automatic_function_calling_async": HALF,
    "test_automatic_function_calling_with_async_function": HALF,
    "test_automatic_function_calling_with_coroutine_function_async": HALF,
    "test_automatic_function_calling_async_with_exception": calls("divide_integers", a=1000, b=0),
    "test_automatic_function_calling_with_exception": calls("divide_integers", a=1000, b=0),
    "test_automatic_function_calling_with_customized_math_rule": calls(
        "customized_divide_integers", numerator=1000, denominator=2
    ),
    "test_automatic_function_calling_float_without_decimal": calls("divide_floats", a=1000.0, b=2.0),
    "test_automatic_function_calling_with_pydantic_model": WINTER,
    "test_automatic_function_calling_async_with_pydantic_model": WINTER,
    "test_automatic_function_calling_with_pydantic_model_in_list_type": calls(
        "get_weather_from_list_of_cities", city_object_list=CITIES, is_winter=True
    ),
    "test_automatic_function_calling_async_with_async_function": calls(
        "get_current_weather_async", city="San Francisco"
    ),
    "test_disable_automatic_function_calling_stream": HALF,
    "test_disable_automatic_function_calling_stream_async": HALF,
    "test_callable_tools_user_enable_afc": HALF,
    "test_function": calls("get_weather", city="Sunnyvale"),
    "test_function_calling": calls("turn_on_the_lights"),
    "test_function_declaration_with_callable": calls("get_weather_declaration_only", city="London"),
    "test_function_declaration_with_callable_async": calls("get_weather_declaration_only", city="London"),
    "test_list_of_pydantic_schema": COUNTRIES,
    "test_mcp_tools_async": BOSTON,
    "test_mcp_tools_synchronous_call": BOSTON,
    "test_mcp_tools_synchronous_stream_call": BOSTON,
    "test_mcp_tools_with_custom_headers_async": BOSTON,
    "test_multi_turn": says("42"),
    "test_multiple_parts": WRITERS,
    "test_multiple_strings": WRITERS,
    "test_stream_afc_thoughts": calls("add_numbers", a=1234567.89, b=9876543.21),
    "test_stream_function_calling": FIFTY,
    "test_async_stream_function_calling": FIFTY,
    "test_with_afc_disabled": SQUARE,
    "test_with_afc_disabled_async": SQUARE,
    "test_with_afc_history": FIFTY,
    "test_with_afc_history_async": FIFTY,
    "test_with_afc_multiple_remote_calls": PARTY,
    "test_with_afc_multiple_remote_calls_async": PARTY,
}
