"""Lead times as distributions of days: inputs, simulation, comparison, forecast. Pure: numpy only, no Django."""
